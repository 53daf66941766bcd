import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before an endpoint and refuses some of its calls, as AWS does to who asks too often. */
export interface ThrottlingProxy extends AsyncDisposable {
  readonly endpoint: string;
  /** How often it has refused. */
  readonly refused: () => number;
}

export interface Throttle {
  /** The action of the query protocol that is refused. */
  readonly action: string;
  /** So many times, then it is passed on. */
  readonly times: number;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html */
const THROTTLED = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>
  <RequestId>00000000-0000-0000-0000-000000000000</RequestId>
</ErrorResponse>`;

export async function startThrottlingProxy(target: string, { action, times }: Throttle): Promise<ThrottlingProxy> {
  let refused = 0;
  const server = createServer((incoming, answer) => {
    void bodyOf(incoming).then((body) => {
      if (refused < times && new URLSearchParams(body.toString()).get("Action") === action) {
        refused += 1;
        answer.writeHead(400, { "content-type": "text/xml" }).end(THROTTLED);
      } else passOn(target, incoming, body, answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
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

function passOn(target: string, { method, url, headers }: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const outgoing = request(new URL(url ?? "/", target), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.once("error", () => answer.destroy());
  outgoing.end(body);
}
