import net from "node:net";

/**
 * A light HTTP/1.1 client over one kept-alive socket: it sends bytes that were made before and reads no more of an answer
 * than its length, so that a measurement is of the server. One request at a time.
 */
export class RawClient {
  readonly #port: number;
  #socket: net.Socket;
  #waiting: Waiting | undefined;

  private constructor(port: number, socket: net.Socket) {
    this.#port = port;
    this.#socket = socket;
    this.#listen();
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(port, await openSocket(port));
  }

  /** @param options.ignoresBody counts the bytes of a 200's body, and forgets them: the answer's body is empty */
  async send(request: Uint8Array, { ignoresBody = false } = {}): Promise<RawAnswer> {
    if (this.#socket.destroyed || this.#socket.readableEnded) await this.#reconnect();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, ignoresBody, head: Buffer.alloc(0), body: [], bodyBytes: 0 };
      this.#socket.write(request);
    });
  }

  /** Servers may end a connection after a number of requests. */
  async #reconnect(): Promise<void> {
    this.#socket.destroy();
    this.#socket = await openSocket(this.#port);
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (chunk) => this.#take(chunk as Buffer));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => {
      if (socket === this.#socket) this.#waiting?.reject(new Error("the server closed the connection"));
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    if (waiting.status === undefined) readHead(waiting, chunk);
    else addBody(waiting, chunk);
    const { status, body } = waiting;
    if (status === undefined || !isWhole(waiting)) return;
    this.#waiting = undefined;
    if (waiting.closes) this.#socket.destroy();
    waiting.resolve({ status, body: body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body) });
  }
}

export interface RawAnswer {
  readonly status: number;
  /** With its chunk framing, if the server chunks. */
  readonly body: Buffer;
}

/** An answer that is coming in. */
interface Waiting {
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly ignoresBody: boolean;
  /** Until the status is known: what there is of the head. */
  head: Buffer;
  status?: number;
  /** Undefined: the body comes in chunks. */
  length?: number;
  /** It is the last one of its connection. */
  closes?: boolean;
  body: Buffer[];
  bodyBytes: number;
}

async function openSocket(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: "127.0.0.1", port, noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

const HEAD_END = "\r\n\r\n";
const CHUNKS_END = "0\r\n\r\n";

function readHead(waiting: Waiting, chunk: Buffer): void {
  waiting.head = waiting.head.length === 0 ? chunk : Buffer.concat([waiting.head, chunk]);
  const headEnd = waiting.head.indexOf(HEAD_END);
  if (headEnd < 0) return;
  const head = waiting.head.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) waiting.length = Number(length);
  waiting.closes = /\r\nconnection: *close/i.test(head);
  waiting.status = Number(head.slice(9, 12));
  addBody(waiting, waiting.head.subarray(headEnd + HEAD_END.length));
}

function addBody(waiting: Waiting, chunk: Buffer): void {
  waiting.bodyBytes += chunk.length;
  const isForgotten = waiting.ignoresBody && waiting.status === 200 && waiting.length !== undefined;
  if (!isForgotten) waiting.body.push(chunk);
}

function isWhole({ length, body, bodyBytes }: Waiting): boolean {
  if (length !== undefined) return bodyBytes >= length;
  const last = Buffer.concat(body.slice(-CHUNKS_END.length));
  return last.subarray(-CHUNKS_END.length).toString("latin1") === CHUNKS_END;
}

/** A whole request of an `X-Amz-Target` service, signed with nothing but the names that a signature has. */
export function amzJsonRequest(service: string, target: string, input: unknown, jsonVersion = "1.1"): Buffer {
  const body = JSON.stringify(input);
  const scope = `test/20260101/us-east-1/${service}/aws4_request`;
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: ${target}\r\nX-Amz-Date: 20260101T000000Z\r\n` +
      `Authorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0\r\n` +
      `Content-Type: application/x-amz-json-${jsonVersion}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
