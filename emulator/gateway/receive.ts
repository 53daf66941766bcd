import type { Http2ServerRequest } from "node:http2";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AwsError, type CommonError } from "../model/errors.ts";
import { unchunk } from "../protocol/aws-chunked.ts";
import type { Service } from "../model/service.ts";
import type { Exchange } from "./exchange.ts";

const gunzipAsync = promisify(gunzip);

/** What a service takes unless it says otherwise: the largest documented request body below S3's. */
const DEFAULT_BODY_LIMIT_BYTES = 16 * 1024 * 1024;

export interface BodyLimit {
  readonly bytes: number;
  readonly error: CommonError & { readonly message: string };
  readonly undecodable: NonNullable<Service["undecodableBody"]> | undefined;
}

const TOO_LARGE = { code: "RequestEntityTooLargeException", status: 413, message: "Request size exceeds the limit" };

export const bodyLimit = (
  service: Pick<Service, "bodyLimitBytes" | "bodyTooLarge" | "undecodableBody">,
): BodyLimit => ({
  bytes: service.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
  error: service.bodyTooLarge ?? TOO_LARGE,
  undecodable: service.undecodableBody,
});

const tooLarge = ({ error }: BodyLimit) => new AwsError(error, error.message);

const isChunked = ({ headers }: Exchange): boolean =>
  headers["content-encoding"]?.includes("aws-chunked") === true ||
  headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true;

export const NO_BYTES = Buffer.alloc(0);

/** Whether the head of a request announces a body. */
export function hasBody({ raw, headers }: Exchange): boolean {
  if (raw.httpVersionMajor > 1) return !(raw as unknown as Http2ServerRequest).stream.endAfterHeaders;
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && Number(length) > 0);
}

/** The body as it comes over the wire. A client that waits for leave to send it gets that when somebody begins to read. */
export function incoming({ raw, invite }: Exchange): Readable {
  if (!invite) return raw;
  const invited = async function* (): AsyncGenerator<Uint8Array> {
    invite();
    yield* raw as AsyncIterable<Uint8Array>;
  };
  return Readable.from(invited(), { objectMode: false });
}

/** The body without its aws-chunked framing. Trailing headers are added to the exchange when it ends. */
export function bodyStream(exchange: Exchange): Readable {
  const raw = incoming(exchange);
  if (!isChunked(exchange)) return raw;
  const length = exchange.headers["x-amz-decoded-content-length"];
  return Readable.from(
    unchunk(raw, length === undefined ? undefined : Number(length), exchange.trailers, exchange.chunks),
    {
      objectMode: false,
    },
  );
}

/** The whole body, decompressed. @throws AwsError beyond `limit`, also after decompression */
export function readBody(exchange: Exchange, limit: BodyLimit): Buffer | Promise<Buffer> {
  if (hasBody(exchange)) return readWhole(exchange, limit);
  exchange.wire = NO_BYTES;
  return NO_BYTES;
}

async function readWhole(exchange: Exchange, limit: BodyLimit): Promise<Buffer> {
  const declared = Number(exchange.headers["content-length"] ?? 0);
  if (declared > limit.bytes) throw tooLarge(limit);
  const body = await collect(bodyStream(exchange), limit);
  exchange.wire = body;
  const coding = exchange.headers["content-encoding"];
  if (coding !== "gzip") {
    if (limit.undecodable && coding !== undefined && !PLAIN.has(coding)) throw undecodable(limit);
    return body;
  }
  try {
    return await gunzipAsync(body, { maxOutputLength: limit.bytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw undecodable(limit);
  }
}

/** What old clients of JSON services say of bodies that are not encoded. */
const PLAIN: ReadonlySet<string> = new Set(["amz-1.0", "identity"]);
const NOT_GZIP = { code: "SerializationException", status: 400, message: "The request body is not valid gzip" };

function undecodable({ undecodable: error = NOT_GZIP }: BodyLimit): AwsError {
  return new AwsError(error, error.message);
}

/** The whole body as it came, still compressed if it is. @throws AwsError beyond `limit` */
export async function readRawBody(exchange: Exchange, limit: BodyLimit): Promise<Buffer> {
  if (Number(exchange.headers["content-length"] ?? 0) > limit.bytes) throw tooLarge(limit);
  return collect(incoming(exchange), limit);
}

function collect(stream: Readable, limit: BodyLimit): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // its client went before anybody asked for the body: no event will come
    if (stream.destroyed && !stream.readableEnded) return reject(new ClientGone());
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit.bytes) {
        stream.pause();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    stream.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)));
    stream.on("error", reject);
    stream.on("close", () => {
      if (!stream.readableEnded) reject(new ClientGone());
    });
  });
}

/** The client closed its connection before the request was whole: nobody is left to answer. */
export class ClientGone extends Error {}
