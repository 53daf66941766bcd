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
  for await (const { objects } of versionPages(s3, { ...bucket, Prefix: prefix })) {
    await deleteAll(s3, bucket, objects);
    count += objects.length;
  }
  return count;
}

/** The first parts of all keys of a bucket, up to their first slash or whole, also of those that have old versions only. */
export async function foldersOf(s3: S3Client, bucket: OwnBucket): Promise<string[]> {
  const folders = new Set<string>();
  for await (const { objects, prefixes } of versionPages(s3, { ...bucket, Delimiter: "/" })) {
    for (const folder of [...prefixes, ...objects.map(({ Key }) => Key!)]) folders.add(folder);
  }
  return [...folders];
}

interface VersionPage {
  /** Versions and delete markers. */
  readonly objects: ObjectIdentifier[];
  readonly prefixes: readonly string[];
}

async function* versionPages(s3: S3Client, input: ListObjectVersionsCommandInput): AsyncGenerator<VersionPage, void> {
  let next: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await s3.send(new ListObjectVersionsCommand({ ...input, ...next }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    yield {
      objects: found.map(({ Key, VersionId }) => ({ Key, VersionId })),
      prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
    };
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
}

async function deleteAll(s3: S3Client, bucket: OwnBucket, objects: ObjectIdentifier[]): Promise<void> {
  if (objects.length === 0) return;
  const { Errors: [first] = [] } = await s3.send(
    new DeleteObjectsCommand({ ...bucket, Delete: { Objects: objects, Quiet: true } }),
  );
  if (first) throw new UserError(`${bucket.Bucket}/${first.Key} could not be deleted: ${first.Code} ${first.Message}`);
}
