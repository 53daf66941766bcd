import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandOutput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  type UploadPartCommandOutput,
} from "@aws-sdk/client-s3";
import { bytes } from "./fixture.ts";

export const MB = 1024 * 1024;
/** 5 MB, 5 MB and a bit. */
export const PARTS = [bytes(5 * MB, 1), bytes(5 * MB, 2), bytes(1000, 3)] as const;
export const WHOLE = Buffer.concat(PARTS);

export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

export async function begin(
  s3: S3Client,
  at: { Bucket: string; Key: string },
  more: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<Upload> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...more }));
  return { ...at, UploadId };
}

export const uploadPart = (
  s3: S3Client,
  to: Upload,
  PartNumber: number,
  Body: Uint8Array,
  more: object = {},
): Promise<UploadPartCommandOutput> => s3.send(new UploadPartCommand({ ...to, PartNumber, Body, ...more }));

/** Uploads PARTS. */
export async function uploadAll(s3: S3Client, to: Upload): Promise<CompletedPart[]> {
  const done: CompletedPart[] = [];
  for (const [index, body] of PARTS.entries()) {
    const { ETag } = await uploadPart(s3, to, index + 1, body);
    done.push({ PartNumber: index + 1, ETag });
  }
  return done;
}

export const completeUpload = (
  s3: S3Client,
  to: Upload,
  Parts: CompletedPart[],
  more: object = {},
): Promise<CompleteMultipartUploadCommandOutput> =>
  s3.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts }, ...more }));

export const digestOf = (algorithm: string, body: Uint8Array): Buffer => createHash(algorithm).update(body).digest();

export function crcOf(body: Uint8Array): string {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc32(body));
  return out.toString("base64");
}
