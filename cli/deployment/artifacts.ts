import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { UserError } from "../errors.ts";
import type { Target } from "../targets/index.ts";
import type { Bundle } from "./bundle.ts";

/** us-east-1 has no location constraint of its own. */
const DEFAULT_LOCATION = "us-east-1";

/** The bucket with the zips of all pipelines: one in each account and region, as bucket names are global on AWS. */
export class Artifacts {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #region: string;

  private constructor(s3: S3Client, bucket: string, region: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#region = region;
  }

  static async of(target: Target): Promise<Artifacts> {
    const { Account: account } = await new STSClient(target.clientConfig).send(new GetCallerIdentityCommand());
    const { region } = target.clientConfig;
    return new Artifacts(new S3Client(target.s3Config), `headwater-artifacts-${account}-${region}`, region);
  }

  /** Stores a bundle under its hash, unless it is there; `isNew` tells. */
  async upload(pipeline: string, { zip, hash }: Bundle): Promise<{ bucket: string; key: string; isNew: boolean }> {
    const place = { bucket: this.#bucket, key: `${pipeline}/${hash}.zip` };
    if (await this.#has(place.key)) return { ...place, isNew: false };
    if (!(await this.#bucketExists())) await this.#createBucket();
    await this.#s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: place.key, Body: zip }));
    return { ...place, isNew: true };
  }

  /** Removes a pipeline's zips, and the bucket with the last of them. */
  async remove(pipeline: string): Promise<void> {
    if (!(await this.#bucketExists())) return;
    await emptyBucket(this.#s3, this.#bucket, `${pipeline}/`);
    try {
      await this.#s3.send(new DeleteBucketCommand({ Bucket: this.#bucket }));
    } catch (error) {
      if ((error as Error).name !== "BucketNotEmpty") throw error;
    }
  }

  #has(key: string): Promise<boolean> {
    return isThere(this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key })));
  }

  #bucketExists(): Promise<boolean> {
    return isThere(this.#s3.send(new HeadBucketCommand({ Bucket: this.#bucket })));
  }

  async #createBucket(): Promise<void> {
    const location = { LocationConstraint: this.#region as BucketLocationConstraint };
    await this.#s3.send(
      new CreateBucketCommand({
        Bucket: this.#bucket,
        ...(this.#region !== DEFAULT_LOCATION && { CreateBucketConfiguration: location }),
      }),
    );
  }
}

/** Deletes the objects of a bucket, or those below a prefix: every version, and what stands for deleted ones. */
export async function emptyBucket(s3: S3Client, bucket: string, prefix?: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    const objects = found.map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
    if (objects.length === 0) return;
    const { Errors: [failed] = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
    );
    if (failed) throw new UserError(`${failed.Key} stays in ${bucket}: ${failed.Message} (${failed.Code})`);
  }
}

/** False for an answer of 404, which HEAD requests give without an error code. */
async function isThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
    if (metadata?.httpStatusCode === 404) return false;
    throw error;
  }
}
