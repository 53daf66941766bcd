import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";
import { UserError } from "../errors.ts";

export interface OwnBucket {
  readonly Bucket: string;
  /** Whose it has to be. */
  readonly ExpectedBucketOwner?: string;
}

/** Deletes the objects of a bucket, or those below a prefix, with all their versions and delete markers; how many. */
export async function emptyBucket(s3: S3Client, bucket: OwnBucket, prefix?: string): Promise<number> {
  let count = 0;
  let next: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ ...bucket, Prefix: prefix, ...next }),
    );
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    await deleteAll(
      s3,
      bucket,
      found.map(({ Key, VersionId }) => ({ Key: Key!, VersionId })),
    );
    count += found.length;
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
  return count;
}

/** The first parts of all keys of a bucket, up to their first slash or whole, also of those that have old versions only. */
export async function foldersOf(s3: S3Client, bucket: OwnBucket): Promise<string[]> {
  const folders = new Set<string>();
  let next: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ ...bucket, Delimiter: "/", ...next }),
    );
    for (const { Prefix } of page.CommonPrefixes ?? []) folders.add(Prefix!);
    for (const { Key } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) folders.add(Key!);
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
  return [...folders];
}

async function deleteAll(s3: S3Client, bucket: OwnBucket, objects: ObjectIdentifier[]): Promise<void> {
  if (objects.length === 0) return;
  const { Errors: [first] = [] } = await s3.send(
    new DeleteObjectsCommand({ ...bucket, Delete: { Objects: objects, Quiet: true } }),
  );
  if (first) throw new UserError(`${bucket.Bucket}/${first.Key} could not be deleted: ${first.Code} ${first.Message}`);
}
