import type { FunctionCode } from "@aws-sdk/client-lambda";
import type { Readable } from "node:stream";
import type { Call } from "../../../emulator/model/context.ts";
import { AwsError, unsupported } from "../../../emulator/model/errors.ts";
import { invalidParameter } from "../errors.ts";

/** Lambda's limits of a zip, in bytes: sent along with the request, and from S3. */
const DIRECT_LIMIT_BYTES = 52_428_800;
const S3_LIMIT_BYTES = 262_144_000;

/**
 * The zip that a request names: its own bytes, or an object in S3.
 * @throws InvalidParameterValueException, RequestEntityTooLargeException, NotImplemented
 */
export async function readSource(call: Call, operation: string, code: FunctionCode): Promise<Uint8Array> {
  if (code.ImageUri !== undefined) throw unsupported("PackageType Image");
  if (code.SourceKMSKeyArn !== undefined) throw unsupported("SourceKMSKeyArn");
  if (code.ZipFile !== undefined) {
    if (code.S3Bucket !== undefined || code.S3Key !== undefined) {
      throw invalidParameter("Please do not provide other FunctionCode parameters when providing a ZipFile.");
    }
    if (code.ZipFile.byteLength > DIRECT_LIMIT_BYTES) {
      throw new AwsError(
        { code: "RequestEntityTooLargeException", status: 413 },
        `Request must be smaller than 69905067 bytes for the ${operation} operation`,
      );
    }
    return code.ZipFile;
  }
  if (code.S3Bucket === undefined || code.S3Key === undefined) {
    throw invalidParameter("Please provide a source for function code.");
  }
  return fromS3(call, { ...code, S3Bucket: code.S3Bucket, S3Key: code.S3Key });
}

async function fromS3(call: Call, code: FunctionCode & { S3Bucket: string; S3Key: string }): Promise<Uint8Array> {
  try {
    const { Body } = await call("s3", "GetObject", {
      Bucket: code.S3Bucket,
      Key: code.S3Key,
      ...(code.S3ObjectVersion !== undefined && { VersionId: code.S3ObjectVersion }),
    });
    return await collect(Body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.name === "NotImplemented") throw error;
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.name}. S3 Error Message: ${error.message}`,
    );
  }
}

async function collect(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as Readable) {
    const bytes = chunk as Uint8Array;
    sizeBytes += bytes.byteLength;
    if (sizeBytes > S3_LIMIT_BYTES) {
      throw invalidParameter(`Unzipped size must be smaller than ${S3_LIMIT_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
