import type { Answer } from "../protocol/operation-codec.ts";
import type { Exchange } from "./exchange.ts";

const TWO_DAYS_IN_SECONDS = "172800";

/** What the services' clients read of an answer, beside its body. */
const READ_BY_CLIENTS = [
  "x-amzn-requestid",
  "x-amzn-errortype",
  "x-amzn-query-error",
  "smithy-protocol",
  "x-amz-crc32",
  "x-amz-executed-version",
  "x-amz-function-error",
  "x-amz-log-result",
  "date",
];

const ANY_ORIGIN = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": READ_BY_CLIENTS.join(","),
};

/**
 * What the answer to a page tells its browser. AWS's services take calls of pages of any origin, as long as they are signed: those of
 * the origins that the Guard refuses do not come this far. S3's buckets have rules of their own.
 */
export function pageHeaders({ isFromPage, service }: Exchange): Readonly<Record<string, string>> | undefined {
  return isFromPage === true && service && service.protocol !== "restXml" ? ANY_ORIGIN : undefined;
}

/** A browser's question whether a page may make a call: yes, by the method and with the headers that it asks for. */
export function answerPreflight(exchange: Exchange): void {
  const { method, headers, isFromPage } = exchange;
  const asked = headers["access-control-request-method"];
  if (method !== "OPTIONS" || isFromPage !== true || asked === undefined) return;
  const askedHeaders = headers["access-control-request-headers"];
  const answer: Answer = {
    status: 200,
    headers: {
      ...ANY_ORIGIN,
      "access-control-allow-methods": asked,
      ...(askedHeaders !== undefined && { "access-control-allow-headers": askedHeaders }),
      "access-control-max-age": TWO_DAYS_IN_SECONDS,
    },
    body: "",
  };
  exchange.answer = answer;
}
