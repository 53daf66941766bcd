import { createHash, createHmac } from "node:crypto";

/** A signer that is no SDK: it signs what a test tells it to, also what no client would. */
export interface Signing {
  readonly method?: string;
  /** As it is sent, without its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly payloadHash?: string;
  /** s3 unless said. */
  readonly service?: string;
  /** us-east-1 unless said. */
  readonly region?: string;
  readonly atMs: number;
  readonly accessKeyId?: string;
  readonly secret?: string;
}

export interface Signed {
  readonly signature: string;
  readonly scope: string;
  readonly dateTime: string;
  readonly key: Buffer;
}

export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export const dateTimeOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const queryText = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");

function sign({ method = "GET", path, headers, query = {}, payloadHash, atMs, ...more }: Signing): Signed {
  const { service = "s3", region = "us-east-1", secret = "test" } = more;
  const dateTime = dateTimeOf(atMs);
  const date = dateTime.slice(0, 8);
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    queryText(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    payloadHash ?? "UNSIGNED-PAYLOAD",
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [region, service, "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, date));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${dateTime}\n${scope}\n${sha256(canonical)}`).toString("hex");
  return { signature, scope, dateTime, key };
}

/** The headers of a request with its Authorization, and what the signatures of chunks go on from. */
export function signRequest(signing: Signing): { headers: Record<string, string>; signed: Signed } {
  const payloadHash = signing.payloadHash ?? "UNSIGNED-PAYLOAD";
  const headers = {
    ...signing.headers,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": dateTimeOf(signing.atMs),
  };
  const signed = sign({ ...signing, headers, payloadHash });
  const names = Object.keys(headers).sort().join(";");
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${signing.accessKeyId ?? "test"}/${signed.scope}, ` +
    `SignedHeaders=${names}, Signature=${signed.signature}`;
  return { headers: { ...headers, authorization }, signed };
}

/** The path of a presigned URL with its query; `more` replaces or adds parameters before it is signed. */
export function presignedPath(signing: Signing, more: Readonly<Record<string, string>> = {}): string {
  const { atMs, accessKeyId = "test", service = "s3", region = "us-east-1" } = signing;
  const dateTime = dateTimeOf(atMs);
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${dateTime.slice(0, 8)}/${region}/${service}/aws4_request`,
    "X-Amz-Date": dateTime,
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": Object.keys(signing.headers).sort().join(";"),
    ...more,
  };
  const { signature } = sign({ ...signing, query });
  return `${signing.path}?${queryText({ ...query, "X-Amz-Signature": signature })}`;
}

/** A URL of signature version 2. */
export function presignedPathV2(path: string, expires: number, resource = path, secret = "test"): string {
  const signature = createHmac("sha1", secret).update(`GET\n\n\n${expires}\n${resource}`).digest("base64");
  return `${path}?${queryText({ AWSAccessKeyId: "test", Expires: String(expires), Signature: signature })}`;
}

/** A body in chunks that are signed, each over the one before it; `trailers` ends it with signed trailers. */
export function signedChunks(
  { signature, scope, dateTime, key }: Signed,
  chunks: readonly string[],
  trailers?: Readonly<Record<string, string>>,
): string {
  let previous = signature;
  const next = (what: string, hashes: string): string =>
    (previous = hmac(key, `AWS4-HMAC-SHA256-${what}\n${dateTime}\n${scope}\n${previous}\n${hashes}`).toString("hex"));
  const framed = [...chunks, ""].map((data) => {
    const header = `${data.length.toString(16)};chunk-signature=${next("PAYLOAD", `${sha256("")}\n${sha256(data)}`)}\r\n`;
    return data === "" ? header : `${header}${data}\r\n`;
  });
  if (!trailers) return `${framed.join("")}\r\n`;
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}`);
  const ofTrailers = next("TRAILER", sha256(lines.map((line) => `${line}\n`).join("")));
  return `${framed.join("")}${[...lines, `x-amz-trailer-signature:${ofTrailers}`].map((line) => `${line}\r\n`).join("")}\r\n`;
}
