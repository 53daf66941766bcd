import type { AnsweredRequest, DoorAnswer } from "../model/service.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import type { Exchange } from "./exchange.ts";

/** What the service that a request was for hears of it. @param isDelivered whether the client has got, or is getting, the answer whole */
export function answeredRequest(
  exchange: Exchange,
  answer: Answer | DoorAnswer,
  { readyMs, nowMs, isDelivered }: { readonly readyMs: number; readonly nowMs: number; readonly isDelivered: boolean },
): AnsweredRequest {
  const { requestId, method, path, query, headers, raw, startedAt } = exchange;
  return {
    requestId,
    method,
    path,
    query,
    headers,
    remoteAddress: exchange.remoteAddress ?? "",
    url: raw.url ?? "/",
    httpVersion: raw.httpVersion,
    operation: exchange.operation,
    principal: exchange.principal,
    input: exchange.input,
    output: exchange.output,
    status: answer.status,
    errorCode: exchange.errorCode ?? codeIn(answer),
    answered: answer.headers,
    bytesSent: isDelivered ? lengthOf(method, answer) : undefined,
    startedAt,
    turnAroundMs: Math.max(readyMs - (exchange.receivedAt ?? startedAt), 0),
    totalMs: nowMs - startedAt,
  };
}

/** What a door answers of an error, as a page or a document. */
function codeIn({ status, headers, body }: Answer | DoorAnswer): string | undefined {
  if (status < 300) return undefined;
  const code = headers["x-amz-error-code"] ?? (typeof body === "string" ? /<Code>([^<]+)</.exec(body)?.[1] : undefined);
  return typeof code === "string" ? code : undefined;
}

function lengthOf(method: string, { status, headers }: Answer | DoorAnswer): number | undefined {
  if (method === "HEAD" || status === 204 || status === 304) return 0;
  const length = headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
