import http from "node:http";
import https from "node:https";
import { integrationFailure } from "../gateway-error.ts";
import { HeaderList } from "../header-list.ts";
import type { Answer } from "./answer.ts";

/** API Gateway's limit of a payload. */
const LONGEST_BODY_BYTES = 10_485_760;
/** Connections are kept for less than backends keep theirs (5 seconds are common), so that they seldom close under a request. */
const IDLE_MS = 4_000;
/** May be sent a second time without doing more than once would. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly insecure?: boolean;
  readonly signal: AbortSignal;
}

/** Sends requests to backends over connections that are kept. Redirects are answers like any other. */
export class HttpClient {
  readonly #http = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
  readonly #https = new https.Agent({ keepAlive: true, timeout: IDLE_MS });

  /** @throws GatewayError where nobody answers, or too much */
  send(outgoing: OutgoingRequest): Promise<Answer> {
    const { url, method, headers, body, insecure, signal } = outgoing;
    const isSecure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(integrationFailure("Network error communicating with endpoint", cause));
      const options = {
        method,
        headers: nodeHeaders(headers, body, method),
        signal,
        agent: isSecure ? this.#https : this.#http,
        ...(insecure && { rejectUnauthorized: false }),
      };
      const request = (isSecure ? https : http).request(url, options, (response) => {
        collect(response).then((received) => {
          resolve({ status: response.statusCode ?? 502, headers: HeaderList.raw(response.rawHeaders), body: received });
        }, fail);
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        // the backend had closed the connection that was kept: no fault of this request
        const isStale = request.reusedSocket && error.code === "ECONNRESET" && !signal.aborted;
        if (isStale && IDEMPOTENT.has(method)) resolve(this.send(outgoing));
        else fail(error);
      });
      request.end(body);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function nodeHeaders(headers: HeaderList, body: Buffer, method: string): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(headers.multi()))
    all[name] = values.length === 1 ? (values[0] ?? "") : values;
  if (body.length > 0 || !["GET", "HEAD", "OPTIONS", "DELETE"].includes(method)) {
    all["Content-Length"] = String(body.length);
  }
  return all;
}

async function collect(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY_BYTES) throw new Error("the answer is longer than 10 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
