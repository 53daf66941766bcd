import { callersEndpoint } from "../../emulator/model/callers-endpoint.ts";
import { validationError } from "./errors.ts";
import type { CloudFormationContext } from "./index.ts";

/** Largest template in a request, and largest in S3, in bytes. */
const BODY_LIMIT_BYTES = 51_200;
const URL_LIMIT_BYTES = 1_000_000;

interface Source {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
}

/**
 * The text of the template that a request gives, inline or by the URL of an S3 object; undefined when it gives none.
 * @throws AwsError ValidationError
 */
export async function templateText(ctx: CloudFormationContext, input: Source): Promise<string | undefined> {
  const { TemplateBody: body, TemplateURL: url } = input;
  if (body !== undefined && url !== undefined) {
    throw validationError("Template URL and Template Body cannot both be specified.");
  }
  if (body !== undefined) {
    if (Buffer.byteLength(body) <= BODY_LIMIT_BYTES) return body;
    throw validationError(
      `1 validation error detected: Value '${body.slice(0, 256)}...' at 'templateBody' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${BODY_LIMIT_BYTES}`,
    );
  }
  return url === undefined ? undefined : fromS3(ctx, url);
}

export async function requiredTemplateText(ctx: CloudFormationContext, input: Source): Promise<string> {
  const text = await templateText(ctx, input);
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  return text;
}

async function fromS3(ctx: CloudFormationContext, url: string): Promise<string> {
  const { bucket, key, version } = s3Location(ctx, url);
  let body: unknown;
  try {
    ({ Body: body } = await ctx.call("s3", "GetObject", { Bucket: bucket, Key: key, VersionId: version }));
  } catch (error) {
    throw validationError(
      `S3 error: ${error instanceof Error ? error.message : String(error)}\n` +
        "For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
    );
  }
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of chunks(body)) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > URL_LIMIT_BYTES) {
      throw validationError(`Template may not exceed ${URL_LIMIT_BYTES} bytes in size.`);
    }
  }
  return Buffer.concat(pieces).toString("utf8");
}

async function* chunks(body: unknown): AsyncGenerator<Uint8Array> {
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else if (body !== null && typeof body === "object" && Symbol.asyncIterator in body) {
    yield* body as AsyncIterable<Uint8Array>;
  }
}

interface Location {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string;
}

/** Bucket and key of an S3 URL, the bucket in the host (bucket.s3.region.amazonaws.com, ours as well) or in the path. */
export function s3Location(
  ctx: Pick<CloudFormationContext, "endpoint" | "publicEndpoint" | "request">,
  url: string,
): Location {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["http:", "https:", "s3:"].includes(parsed.protocol)) throw notS3();
  const path = decodeURIComponent(parsed.pathname.slice(1));
  const version = parsed.searchParams.get("versionId") ?? undefined;
  if (parsed.protocol === "s3:") return { bucket: parsed.hostname, key: path, version };
  const virtual = /^(.+)\.s3([.-][a-z0-9-]+)?\.(amazonaws\.com(\.cn)?|localhost(\.localstack\.cloud)?)$/.exec(
    parsed.hostname,
  );
  if (virtual) return { bucket: virtual[1] as string, key: path, version };
  const isPathStyle = /^s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/.test(parsed.hostname);
  const isOurs = [ctx.endpoint, callersEndpoint(ctx)].some((endpoint) => {
    const ours = new URL(endpoint);
    const isLoopback = /^(s3\.)?(localhost|127\.0\.0\.1)/.test(parsed.hostname);
    return parsed.host === ours.host || (parsed.port === ours.port && isLoopback);
  });
  if (!isPathStyle && !isOurs) throw notS3();
  const slash = path.indexOf("/");
  if (slash <= 0) throw notS3();
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), version };
}

const notS3 = () => validationError("TemplateURL must be a supported URL.");
