import { pipeline, Readable, type Duplex } from "node:stream";
import * as zlib from "node:zlib";
import type { Call } from "../../../emulator/model/context.ts";
import type { ImportInput } from "./model.ts";

type Compression = NonNullable<ImportInput["InputCompressionType"]>;

/** What a compression comes off with; undefined where this Node has nothing for it. */
export function decompressorOf(compression: Compression): (() => Duplex) | undefined {
  if (compression === "GZIP") return () => zlib.createGunzip();
  const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Duplex };
  return compression === "ZSTD" ? createZstdDecompress : undefined;
}

export interface SourceObject {
  readonly key: string;
  /** Without its compression. */
  readonly content: () => Promise<AsyncIterable<Uint8Array>>;
}

/** The objects of an import, in the order of their keys. @throws AwsError of S3 */
export async function sourceObjects(
  call: Call,
  { S3BucketSource, InputCompressionType = "NONE" }: ImportInput,
): Promise<SourceObject[]> {
  const { S3Bucket: Bucket, S3KeyPrefix: Prefix = "", S3BucketOwner } = S3BucketSource;
  const bucket = { Bucket, ...(S3BucketOwner !== undefined && { ExpectedBucketOwner: S3BucketOwner }) };
  const decompressor = decompressorOf(InputCompressionType);
  const content = async (Key: string): Promise<AsyncIterable<Uint8Array>> => {
    const { Body } = await call("s3", "GetObject", { ...bucket, Key });
    const source = Body as Uint8Array | Readable;
    const stream = source instanceof Uint8Array ? Readable.from([source]) : source;
    if (decompressor === undefined) return stream;
    // an error of either one, and an early end, are for both: the reader is told of errors
    return pipeline(stream, decompressor(), () => {}) as AsyncIterable<Uint8Array>;
  };
  const objects: SourceObject[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await call("s3", "ListObjectsV2", {
      ...bucket,
      Prefix,
      ...(ContinuationToken && { ContinuationToken }),
    });
    for (const { Key: key = "" } of page.Contents ?? []) objects.push({ key, content: () => content(key) });
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return objects;
}
