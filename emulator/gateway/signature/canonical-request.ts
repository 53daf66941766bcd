import { createHash, createHmac } from "node:crypto";

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string;
  /** As it came, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Those that came as headers, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same as they came: names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** Where a key is good, and when: the parts of a credential behind the access key. */
export interface CredentialScope {
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export const ALGORITHM = "AWS4-HMAC-SHA256";

export const sha256Hex = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export const scopeText = ({ date, region, service }: CredentialScope): string =>
  `${date}/${region}/${service}/aws4_request`;

/** Percent-encodes all but what RFC 3986 leaves unreserved. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** S3 encodes a key's bytes once, whatever the client left as it is; other services sign the normalized path, encoded once more. */
function canonicalPath(path: string, service: string): string {
  if (service === "s3") {
    const bytes = Buffer.from(
      path.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    );
    return [...bytes]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        return /[A-Za-z0-9\-._~/]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      })
      .join("");
  }
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  return `/${segments.join("/")}${segments.length > 0 && path.endsWith("/") ? "/" : ""}`;
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** In HTTP/2 the host is a header of another name. */
const headerOf = (request: SignedRequest, name: string): string =>
  (name === "host" && signedValue(request, ":authority")) || signedValue(request, name);

/** Clients may send a list as several headers, and sign its values with nothing but commas between them. */
function signedValue({ rawHeaders }: SignedRequest, name: string): string {
  const values: string[] = [];
  for (const [index, raw] of rawHeaders.entries()) {
    if (index % 2 === 0 && raw.toLowerCase() === name) values.push(trimmed(rawHeaders[index + 1] ?? ""));
  }
  return values.join(",");
}

/** Not by `\s`, which is also bytes of UTF-8. */
const trimmed = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, "").replace(/[ \t]+/g, " ");

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  service: string,
): string {
  const headers = signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`);
  return [
    request.method,
    canonicalPath(request.path, service),
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

/** @param canonical its headers as Node reads them, a character a byte */
export const stringToSign = (dateTime: string, scope: CredentialScope, canonical: string): string =>
  [ALGORITHM, dateTime, scopeText(scope), sha256Hex(Buffer.from(canonical, "latin1"))].join("\n");

export function signingKey(secret: string, { date, region, service }: CredentialScope): Buffer {
  return [region, service, "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, date));
}

export const sign = (key: Buffer, text: string): string => hmac(key, text).toString("hex");

/** Epoch milliseconds of `20260102T030405Z`. */
export function parseDateTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** `20260102T030405Z` */
export const formatDateTime = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
