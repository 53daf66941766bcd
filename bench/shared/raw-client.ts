import net from "node:net";

/**
 * A light HTTP/1.1 client over one kept-alive socket: it sends bytes that were made before and reads no more of an answer
 * than its length, so that a measurement is of the server. One request at a time.
 */
export class RawClient {
  readonly #socket: net.Socket;
  #received: Buffer[] = [];
  #waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk as Buffer));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the server closed the connection")));
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = net.connect({ host: "127.0.0.1", port });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawClient(socket);
  }

  send(request: Uint8Array): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    const bytes = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [bytes];
    const headEnd = bytes.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = bytes.toString("latin1", 0, headEnd);
    const bodyStart = headEnd + 4;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const isWhole =
      length === undefined
        ? bytes.subarray(-5).toString("latin1") === "0\r\n\r\n"
        : bytes.length >= bodyStart + Number(length);
    if (!isWhole) return;
    this.#received = [];
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body: bytes.subarray(bodyStart) });
  }
}

export interface RawAnswer {
  readonly status: number;
  /** With its chunk framing, if the server chunks. */
  readonly body: Buffer;
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
