import type { Target } from "./target.ts";

/** An Authorization header that says to whom a request goes; it need not be signed well. */
export const authorization = (service: string, region = "us-east-1", accessKeyId = "test"): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Calls an operation (`Kinesis_20131202.PutRecord`) by a request that no SDK would make. */
export const callRaw = (
  target: Target,
  service: string,
  operation: string,
  body: NonNullable<RequestInit["body"]>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(target.endpoint, {
    method: "POST",
    headers: { "x-amz-target": operation, authorization: authorization(service), ...headers },
    body,
  });
