import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Call } from "../../../emulator/model/context.ts";
import type { ExportInput } from "./model.ts";

const NAME_CHARACTERS = 26;

/** A line of manifest-files.json. */
export interface DataFile {
  readonly itemCount: number;
  readonly md5Checksum: string;
  readonly etag: string;
  readonly dataFileS3Key: string;
}

/** Where an export writes. */
export interface Destination {
  readonly call: Call;
  readonly input: ExportInput;
}

const target = ({ S3Bucket, S3BucketOwner, S3SseAlgorithm, S3SseKmsKeyId }: ExportInput) => ({
  Bucket: S3Bucket,
  ...(S3BucketOwner !== undefined && { ExpectedBucketOwner: S3BucketOwner }),
  ...(S3SseAlgorithm === "KMS" && { ServerSideEncryption: "aws:kms" as const }),
  ...(S3SseKmsKeyId !== undefined && { SSEKMSKeyId: S3SseKmsKeyId }),
});

export const putObject = ({ call, input }: Destination, Key: string, body: string) =>
  call("s3", "PutObject", { ...target(input), Key, Body: Buffer.from(body) });

/** Writes an object and, beside it, its MD5 in base64. */
export async function putWithChecksum(to: Destination, key: string, body: string): Promise<void> {
  await putObject(to, key, body);
  await putObject(to, key.replace(/\.json$/, ".md5"), createHash("md5").update(body).digest("base64"));
}

export const dataFileName = (base32: (length: number) => string): string =>
  `${base32(NAME_CHARACTERS).toLowerCase()}.json.gz`;

/** Writes lines of JSON as one compressed object, as they come. */
export async function putLines(to: Destination, key: string, lines: AsyncIterable<string>): Promise<DataFile> {
  const digest = createHash("md5");
  let itemCount = 0;
  async function* counted(): AsyncGenerator<string> {
    for await (const line of lines) {
      itemCount++;
      yield `${line}\n`;
    }
  }
  async function* compressed(): AsyncGenerator<Uint8Array> {
    const gzip = createGzip();
    const plain = Readable.from(counted());
    plain.on("error", (error) => gzip.destroy(error));
    for await (const chunk of plain.pipe(gzip)) {
      digest.update(chunk as Uint8Array);
      yield chunk as Uint8Array;
    }
  }
  const { ETag = "" } = await to.call("s3", "PutObject", {
    ...target(to.input),
    Key: key,
    Body: compressed() as never,
  });
  const etag = ETag.replaceAll('"', "");
  return { itemCount, md5Checksum: digest.digest("base64"), etag, dataFileS3Key: key };
}
