import http2 from "node:http2";
import { amzJsonRequest, RawClient, type RawAnswer } from "./raw-client.ts";

export type Wire = "HTTP/1.1" | "h2c";

/** A call of an `X-Amz-Target` service, ready to be sent many times over either kind of connection. */
export interface WireCall {
  readonly http1: Buffer;
  readonly headers: http2.OutgoingHttpHeaders;
  readonly body: Buffer;
  /** Nobody looks at the answer's body: over HTTP/1.1 it is not put together. */
  readonly ignoresBody?: true;
}

export interface WireClient {
  send(call: WireCall): Promise<RawAnswer>;
  close(): void;
}

/** Signed with nothing but the names that a signature has. */
export function amzCall(service: string, target: string, input: unknown, jsonVersion?: string): WireCall {
  const http1 = amzJsonRequest(service, target, input, jsonVersion);
  const headEnd = http1.indexOf("\r\n\r\n");
  const body = http1.subarray(headEnd + 4);
  const lines = http1.toString("latin1", 0, headEnd).split("\r\n").slice(1);
  const pairs = lines.map((line) => line.split(": ", 2) as [string, string]);
  const headers = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value] as const));
  delete headers["host"];
  return { http1, headers: { ":method": "POST", ":path": "/", ...headers }, body };
}

/** One connection, one request at a time. @throws Error when the server does not speak `wire` */
export async function connect(port: number, wire: Wire): Promise<WireClient> {
  if (wire === "h2c") return H2cClient.connect(port);
  const client = await RawClient.connect(port);
  return {
    send: (call) => client.send(call.http1, { ignoresBody: call.ignoresBody ?? false }),
    close: () => client.close(),
  };
}

class H2cClient implements WireClient {
  readonly #session: http2.ClientHttp2Session;

  private constructor(session: http2.ClientHttp2Session) {
    this.#session = session;
  }

  static async connect(port: number): Promise<H2cClient> {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    await new Promise<void>((resolve, reject) => {
      session.once("remoteSettings", () => resolve());
      session.once("error", reject);
      session.once("close", () => reject(new Error("the server closed the connection")));
    });
    return new H2cClient(session);
  }

  send({ headers, body }: WireCall): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request(headers);
      const chunks: Buffer[] = [];
      let status = 0;
      stream.on("response", (answer) => (status = Number(answer[":status"])));
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => resolve({ status, body: Buffer.concat(chunks) }));
      stream.on("error", reject);
      stream.end(body);
    });
  }

  close(): void {
    this.#session.close();
  }
}
