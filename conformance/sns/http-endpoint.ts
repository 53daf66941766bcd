import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "../target.ts";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body's members, where it is JSON. */
  readonly json: Record<string, unknown>;
}

/** An HTTP endpoint that keeps what is posted to it. */
export class HttpEndpoint implements AsyncDisposable {
  readonly #server: Server;
  readonly received: Received[] = [];
  /** What it answers, one after the other; 200 when there are no more. */
  readonly statuses: number[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        this.received.push({ headers: request.headers, body, json: parsed(body) });
        response.writeHead(this.statuses.shift() ?? 200).end();
      });
    });
  }

  static async open(): Promise<HttpEndpoint> {
    const endpoint = new HttpEndpoint();
    await new Promise<void>((resolve) => endpoint.#server.listen(0, "127.0.0.1", resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/in`;
  }

  /** Waits for the post of this number, the first being 1. */
  post(number: number): Promise<Received> {
    return eventually(`post ${number}`, async () => this.received[number - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}
