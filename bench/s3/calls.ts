import {
  ALGORITHM,
  canonicalRequest,
  formatDateTime,
  scopeText,
  sign,
  signingKey,
  stringToSign,
} from "../../emulator/gateway/signature/canonical-request.ts";
import type { ServerProcess } from "../shared/server-process.ts";
import { connect, type WireCall } from "../shared/wire-client.ts";

/** A server that speaks S3, and a key that it takes. */
export interface S3Server {
  readonly server: ServerProcess;
  readonly accessKeyId: string;
  readonly secret: string;
}

export interface S3Request {
  readonly method: "GET" | "PUT" | "POST";
  /** It needs no percent-encoding. */
  readonly path: string;
  readonly query?: string;
  readonly body?: Buffer;
  /** By name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const BUCKET = "bench";

/** A request of path style, really signed, except for its body: peers verify signatures, and take them for some minutes. */
export function s3Call(
  to: S3Server,
  { method, path, query = "", body = Buffer.alloc(0), headers = {} }: S3Request,
): WireCall {
  const dateTime = formatDateTime(Date.now());
  const scope = { date: dateTime.slice(0, 8), region: "us-east-1", service: "s3" };
  const payloadHash = "UNSIGNED-PAYLOAD";
  const signed: Record<string, string> = {
    ...headers,
    host: `127.0.0.1:${to.server.port}`,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": dateTime,
  };
  const names = Object.keys(signed).toSorted();
  const request = {
    method,
    path,
    query: new URLSearchParams(query),
    headers: signed,
    rawHeaders: Object.entries(signed).flat(),
  };
  const canonical = canonicalRequest(request, names, payloadHash, "s3");
  const signature = sign(signingKey(to.secret, scope), stringToSign(dateTime, scope, canonical));
  const sent: Record<string, string> = {
    ...signed,
    authorization:
      `${ALGORITHM} Credential=${to.accessKeyId}/${scopeText(scope)}, ` +
      `SignedHeaders=${names.join(";")}, Signature=${signature}`,
    "content-length": String(body.length),
  };
  const target = query === "" ? path : `${path}?${query}`;
  const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return {
    http1: body.length === 0 ? head : Buffer.concat([head, body]),
    headers: { ":method": method, ":path": target, ...sent },
    body,
  };
}

/** @throws Error when the server refuses it */
export async function send(to: S3Server, request: S3Request): Promise<string> {
  const client = await connect(to.server.port, "HTTP/1.1");
  const { status, body } = await client.send(s3Call(to, request));
  client.close();
  if (status !== 200) throw new Error(`${request.method} ${request.path}: ${status} ${body.toString().slice(0, 500)}`);
  return body.toString();
}
