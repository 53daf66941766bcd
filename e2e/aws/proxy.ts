import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call on its way to AWS. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  /** The action, of a service with a query protocol. */
  readonly action: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers a call itself, or passes it on. */
export type Interception = (call: Call) => Answer | undefined;

export interface Proxy extends AsyncDisposable {
  readonly endpoint: string;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html */
const THROTTLED = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>
  <RequestId>00000000-0000-0000-0000-000000000000</RequestId>
</ErrorResponse>`;

/** What AWS answers to who asks too often. */
export const throttled = (): Answer => ({ status: 400, body: THROTTLED });

/** Refuses an action so many times as AWS does to who asks too often, and counts it. */
export class Throttle {
  #refused = 0;
  readonly #action: string;
  readonly #times: number;

  constructor(action: string, times: number) {
    this.#action = action;
    this.#times = times;
  }

  get refused(): number {
    return this.#refused;
  }

  readonly intercept: Interception = ({ action }) => {
    if (action !== this.#action || this.#refused === this.#times) return undefined;
    this.#refused += 1;
    return throttled();
  };
}

/** Stands between a command and an endpoint. */
export async function startProxy(target: string, intercept: Interception): Promise<Proxy> {
  const server = createServer((incoming, answer) => {
    void bodyOf(incoming).then((body) => {
      const { method = "GET" } = incoming;
      const url = new URL(incoming.url ?? "/", target);
      const own = intercept({ method, url, action: new URLSearchParams(body.toString()).get("Action") });
      if (own) answer.writeHead(own.status, { "content-type": "text/xml" }).end(own.body);
      else passOn(url, incoming, body, answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function passOn(url: URL, { method, headers }: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const outgoing = request(url, { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.once("error", () => answer.destroy());
  outgoing.end(body);
}
