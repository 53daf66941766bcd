import { splitBucket } from "../../../emulator/gateway/route.ts";
import type { Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Door, DoorAnswer, DoorRequest, Service } from "../../../emulator/model/service.ts";
import { encodeError } from "../../../emulator/protocol/encode-error.ts";
import { formBoundary, FormReader, MalformedForm } from "../../../emulator/protocol/form-data.ts";
import { bindingsReader, bindingsWriter } from "../../../emulator/protocol/rest.ts";
import { operationShape, type OperationShape } from "../../../emulator/protocol/shapes.ts";
import { escapeXml } from "../../../emulator/protocol/xml.ts";
import { entityTooLarge, preconditionFailed } from "../errors.ts";
import type { Input } from "../index.ts";
import { PostedFile } from "../posted-file.ts";
import type { S3Store } from "../store.ts";
import { fieldsTooLarge, malformedPost, missingField, oneFile, tooSmall } from "./errors.ts";
import { PostPolicy, type SizeRange } from "./policy.ts";
import { signerOf } from "./signer.ts";
import { taggingHeader } from "./tagging.ts";

/** All fields before the file, in bytes. */
const MOST_FIELDS_BYTES = 20 * 1024;

/** What the door needs of the service that it belongs to. */
export interface FormKeeper {
  readonly host: Host;
  readonly service: () => Service;
  readonly store: S3Store;
}

/**
 * A browser's upload by a form: POST of multipart/form-data to a bucket. It is no call of the API: fields take the place of headers,
 * and a signed policy that of the signature.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export function findFormUpload(request: DoorRequest, keeper: FormKeeper): Door | undefined {
  if (request.method !== "POST") return undefined;
  if (request.headers["authorization"] !== undefined) return undefined;
  const { bucket, path } = splitBucket(request);
  if (bucket === undefined || path !== "/" || request.query.size > 0) return undefined;
  const boundary = formBoundary(request.headers["content-type"]);
  // what looks like a bucket may be the host of another service, which takes unsigned requests too
  if (boundary === undefined && !keeper.store.known(bucket)) return undefined;
  const door = async (): Promise<DoorAnswer> => {
    try {
      if (boundary === undefined)
        throw preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data");
      return await upload(request, decodeURIComponent(bucket), new FormReader(request.stream(), boundary), keeper);
    } catch (error) {
      const known = isMalformed(error) ? malformedPost() : error;
      if (known instanceof AwsError) return encodeError(keeper.service(), "restXml", known, request.requestId);
      throw error;
    }
  };
  // any page can sign a form by the secret that everybody knows
  return Object.assign(door, { needsAdmission: true as const });
}

/** Also a form that breaks off. */
const isMalformed = (error: unknown): boolean =>
  error instanceof MalformedForm || error instanceof URIError || (error as NodeJS.ErrnoException).code === "ECONNRESET";

async function upload(
  request: DoorRequest,
  bucket: string,
  reader: FormReader,
  { host, service }: FormKeeper,
): Promise<DoorAnswer> {
  const { fields, fileName } = await readFields(reader, bucket);
  if (fileName !== undefined) for (const [name, value] of fields) fields.set(name, withFileName(value, fileName));
  const key = fields.get("key") ?? "";
  if (key === "") throw missingField("key");
  const signer = signerOf(service(), fields, host.credentials);
  const policy = fields.get("policy");
  const allowed = policy === undefined ? undefined : new PostPolicy(policy);
  allowed?.check(fields, host.clock.now());

  const Body = new PostedFile(within(reader.body(), allowed?.size));
  const input = { ...inputOf(service(), fields), Bucket: bucket, Key: key, Body };
  const output = await host.callAs(signer)("s3", "PutObject", input);
  await reader.drain();
  return answer(request, fields, { bucket, key, etag: output.ETag ?? "", headers: headersOf(service(), output) });
}

/** By a function: a `$` of the file's name means nothing. */
const withFileName = (text: string, fileName: string): string => text.replaceAll("${filename}", () => fileName);

/** Everything before the file, which may be a field without a file's name; what comes behind it does not count. @throws AwsError InvalidArgument, MalformedForm */
async function readFields(
  reader: FormReader,
  bucket: string,
): Promise<{ fields: Map<string, string>; fileName: string | undefined }> {
  const fields = new Map([["bucket", bucket]]);
  let sizeBytes = 0;
  const count = (bytes: number): void => {
    sizeBytes += bytes;
    if (sizeBytes > MOST_FIELDS_BYTES) throw fieldsTooLarge(MOST_FIELDS_BYTES);
  };
  for (;;) {
    const part = await reader.next();
    if (!part) throw fields.has("key") ? oneFile() : missingField("key");
    const name = part.name.toLowerCase();
    if (name === "file") {
      // some browsers send the whole path
      return { fields, fileName: part.fileName?.replace(/^.*[\\/]/s, "") };
    }
    count(Buffer.byteLength(name));
    const pieces: Uint8Array[] = [];
    for await (const piece of reader.body()) {
      count(piece.byteLength);
      pieces.push(piece);
    }
    if (name !== "bucket") fields.set(name, Buffer.concat(pieces).toString("utf8"));
  }
}

async function* within(source: AsyncIterable<Uint8Array>, size: SizeRange | undefined): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const piece of source) {
    sizeBytes += piece.byteLength;
    if (size && sizeBytes > size.maxBytes) throw entityTooLarge(sizeBytes, size.maxBytes);
    yield piece;
  }
  if (size && sizeBytes < size.minBytes) throw tooSmall(sizeBytes, size.minBytes);
}

/** The members of PutObject that fields stand for: they have the names of its headers. */
function inputOf(service: Service, fields: ReadonlyMap<string, string>): Omit<Input<"PutObject">, "Bucket" | "Key"> {
  const headers = Object.fromEntries(fields);
  // no header can carry more than Latin-1; user metadata is encoded
  for (const name in headers) {
    if (!name.startsWith("x-amz-")) headers[name] = headers[name]?.replace(/[^\0-\xff]/gu, " ") ?? "";
  }
  if (headers["acl"] !== undefined) headers["x-amz-acl"] = headers["acl"];
  // as it came: encoded, any text can be in a header
  const tagging = fields.get("tagging");
  if (tagging !== undefined) headers["x-amz-tagging"] = taggingHeader(tagging);
  const read = bindingsReader(putObjectOf(service).input, { code: "InvalidArgument", status: 400 });
  return read({ query: new URLSearchParams(), headers, labels: {} });
}

/** What PutObject answers, as headers. */
function headersOf(service: Service, output: object): Record<string, string> {
  const answered = { status: 200, headers: {} };
  bindingsWriter(putObjectOf(service).output)(output as Readonly<Record<string, unknown>>, answered);
  return answered.headers;
}

function putObjectOf(service: Service): OperationShape {
  const schema = service.schemas.get("PutObject");
  if (!schema) throw new Error("the SDK has no PutObject");
  return operationShape(schema);
}

interface Uploaded {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

function answer(
  { headers: asked, path }: DoorRequest,
  fields: ReadonlyMap<string, string>,
  { bucket, key, etag, headers: answered }: Uploaded,
): DoorAnswer {
  const redirect = redirectOf(fields);
  if (redirect) {
    for (const [name, value] of Object.entries({ bucket, key, etag })) redirect.searchParams.append(name, value);
    return { status: 303, headers: { ...answered, location: redirect.href }, body: "" };
  }
  const base = path === "/" ? "" : `/${bucket}`;
  const location = `http://${asked[":authority"] ?? asked["host"]}${base}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const headers = { ...answered, location };
  switch (fields.get("success_action_status")) {
    case "200":
      return { status: 200, headers, body: "" };
    case "201": {
      const inner = Object.entries({ Location: location, Bucket: bucket, Key: key, ETag: etag })
        .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
        .join("");
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${inner}</PostResponse>`;
      return { status: 201, headers: { ...headers, "content-type": "application/xml" }, body };
    }
    default:
      return { status: 204, headers, body: "" };
  }
}

/** What is no URL counts as not there. */
function redirectOf(fields: ReadonlyMap<string, string>): URL | undefined {
  const text = fields.get("success_action_redirect") ?? fields.get("redirect") ?? "";
  return URL.canParse(text) ? new URL(text) : undefined;
}
