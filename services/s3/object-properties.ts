import type { Context } from "../../emulator/model/context.ts";
import { decodeWords, encodeWords } from "./encoded-words.ts";
import { invalidRedirectLocation, metadataTooLarge } from "./errors.ts";
import { checkHeaderName, checkHeaderValue } from "./header-value.ts";
import { MAX_USER_METADATA_BYTES, type ObjectProperties } from "./model.ts";

/** Members of the requests that say what an object is. */
export interface PropertiesInput {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  /** Text where it came as a header: S3 takes any. */
  readonly Expires?: Date | string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly StorageClass?: string;
  readonly WebsiteRedirectLocation?: string;
}

const DEFAULT_CONTENT_TYPE = "binary/octet-stream";

/** Where a website sends whoever asks for the object. @throws AwsError InvalidRedirectLocation, InvalidArgument */
export function redirectOf({ WebsiteRedirectLocation: to }: PropertiesInput): { redirect?: string } {
  if (to === undefined) return {};
  if (!/^(?:\/|https?:\/\/)/.test(to)) throw invalidRedirectLocation();
  checkHeaderValue("x-amz-website-redirect-location", to);
  return { redirect: to };
}

/** What came as headers can go out as such; fields of forms and parameters of presigned URLs need not. @throws AwsError InvalidArgument */
function checkHeaders(input: PropertiesInput): void {
  checkHeaderValue("content-type", input.ContentType);
  checkHeaderValue("cache-control", input.CacheControl);
  checkHeaderValue("content-disposition", input.ContentDisposition);
  checkHeaderValue("content-encoding", input.ContentEncoding);
  checkHeaderValue("content-language", input.ContentLanguage);
  if (input.Expires !== undefined) checkHeaderValue("expires", expiresText(input.Expires));
  for (const key of Object.keys(input.Metadata ?? {})) checkHeaderName(`x-amz-meta-${key}`);
}

/** @throws AwsError MetadataTooLarge, InvalidRedirectLocation, InvalidArgument */
export function propertiesFrom(ctx: Pick<Context, "request">, input: PropertiesInput): ObjectProperties {
  checkHeaders(input);
  const contentEncoding = withoutTransferCoding(input.ContentEncoding);
  return {
    contentType: input.ContentType || DEFAULT_CONTENT_TYPE,
    ...(input.CacheControl !== undefined && { cacheControl: input.CacheControl }),
    ...(input.ContentDisposition !== undefined && { contentDisposition: input.ContentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(input.ContentLanguage !== undefined && { contentLanguage: input.ContentLanguage }),
    ...(input.Expires !== undefined && { expires: expiresText(input.Expires) }),
    ...(input.StorageClass !== undefined && input.StorageClass !== "STANDARD" && { storageClass: input.StorageClass }),
    ...redirectOf(input),
    metadata: userMetadata(input.Metadata ?? {}, ctx.request !== undefined),
  };
}

/** The header Expires of what is a date in calls from inside. */
export const expiresText = (expires: Date | string): string =>
  typeof expires === "string" ? expires : expires.toUTCString();

export const expiresOf = ({ expires, expiresMs }: ObjectProperties): string | undefined =>
  expires ?? (expiresMs === undefined ? undefined : expiresText(new Date(expiresMs)));

/** `aws-chunked` is how the body was sent, not what it is. */
function withoutTransferCoding(encoding: string | undefined): string | undefined {
  const codings = encoding?.split(",").map((coding) => coding.trim());
  return codings?.filter((coding) => coding !== "" && coding !== "aws-chunked").join(",") || undefined;
}

function userMetadata(metadata: Readonly<Record<string, string>>, fromHeaders: boolean): Record<string, string> {
  let sizeBytes = 0;
  const entries = Object.entries(metadata).map(([key, value]): [string, string] => {
    const text = fromHeaders ? decodeWords(headerText(value)) : value;
    sizeBytes += Buffer.byteLength(key) + Buffer.byteLength(text);
    return [key.toLowerCase(), text];
  });
  if (sizeBytes > MAX_USER_METADATA_BYTES) throw metadataTooLarge(sizeBytes, MAX_USER_METADATA_BYTES);
  return Object.fromEntries(entries);
}

/** Headers come as Latin-1; clients write UTF-8 into them. */
function headerText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : value;
}

/** User metadata as headers. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, encodeWords(value)]));
}
