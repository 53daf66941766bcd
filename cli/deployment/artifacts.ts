import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { httpStatusOf, UserError } from "../errors.ts";
import type { Target } from "../targets/index.ts";
import type { Bundle } from "./bundle.ts";
import { emptyBucket, foldersOf } from "./empty-bucket.ts";

/** us-east-1 has no location constraint of its own. */
const DEFAULT_LOCATION = "us-east-1";

/** Put on the bucket when all else is set: a bucket without it is one whose making broke off. */
const MADE_TAG = { Key: "headwater:artifacts", Value: "1" };

/** Zips that were overwritten or deleted are kept for so long. Current ones stay: a rollback needs the code from before. */
const OLD_VERSIONS_DAYS = 30;

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** The bucket with the zips of all pipelines: one in each account and region, as bucket names are global on AWS. */
export class Artifacts {
  readonly #s3: S3Client;
  readonly #account: string;
  readonly #partition: string;
  readonly #region: string;
  readonly bucket: string;

  private constructor(target: Target, account: string, partition: string) {
    const { region } = target.clientConfig;
    this.#s3 = new S3Client(target.s3Config);
    this.#account = account;
    this.#partition = partition;
    this.#region = region;
    this.bucket = `headwater-artifacts-${account}-${region}`;
  }

  static async of(target: Target): Promise<Artifacts> {
    const caller = await new STSClient(target.clientConfig).send(new GetCallerIdentityCommand());
    return new Artifacts(target, caller.Account!, caller.Arn!.split(":")[1]!);
  }

  /** Where a bundle is stored: under its hash. */
  placeOf(pipeline: string, { hash }: Bundle): Place {
    return { bucket: this.bucket, key: `${pipeline}/${hash}.zip` };
  }

  /** Stores a bundle unless it is there, and makes the bucket for it where there is none; whether it was stored now. */
  async upload(pipeline: string, bundle: Bundle): Promise<boolean> {
    const { key } = this.placeOf(pipeline, bundle);
    if (await this.#has(key)) return false;
    await this.#prepareBucket();
    await this.#s3.send(new PutObjectCommand({ ...this.#own, Key: key, Body: bundle.zip }));
    return true;
  }

  /** What `remove` of these pipelines would remove. */
  async removable(pipelines: readonly string[]): Promise<string[]> {
    if (!(await this.#bucketExists())) return [];
    const folders = await foldersOf(this.#s3, this.#own);
    const code = pipelines.filter((name) => folders.includes(`${name}/`));
    const isAll = folders.every((folder) => code.some((name) => folder === `${name}/`));
    return [...code.map((name) => this.#codeOf(name)), ...(isAll ? [`bucket ${this.bucket}`] : [])];
  }

  /** Removes a pipeline's zips with all their versions, and the bucket with the last of them; what was removed. */
  async remove(pipeline: string): Promise<string[]> {
    if (!(await this.#bucketExists())) return [];
    const count = await emptyBucket(this.#s3, this.#own, `${pipeline}/`);
    const removed = count > 0 ? [this.#codeOf(pipeline)] : [];
    try {
      await this.#s3.send(new DeleteBucketCommand(this.#own));
      return [...removed, `bucket ${this.bucket}`];
    } catch (error) {
      if ((error as Error).name !== "BucketNotEmpty") throw error;
      return removed;
    }
  }

  /** Every call names the owner: a bucket of this name that is somebody else's is refused. */
  get #own() {
    return { Bucket: this.bucket, ExpectedBucketOwner: this.#account };
  }

  #codeOf(pipeline: string): string {
    return `code in ${this.bucket}/${pipeline}/`;
  }

  #has(key: string): Promise<boolean> {
    return this.#isThere(this.#s3.send(new HeadObjectCommand({ ...this.#own, Key: key })));
  }

  #bucketExists(): Promise<boolean> {
    return this.#isThere(this.#s3.send(new HeadBucketCommand(this.#own)));
  }

  /** False for an answer of 404, which HEAD requests give without an error code. */
  async #isThere(call: Promise<unknown>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === 404) return false;
      if (status === 403) throw this.#notOurs(error);
      throw error;
    }
  }

  #notOurs(cause: unknown): UserError {
    return new UserError(
      `The bucket ${this.bucket}, where the code goes, may not be used: it belongs to another account than ${this.#account}, ` +
        `or the identity lacks s3:ListBucket and s3:GetObject on it. A bucket of another account is not used, as its owner could ` +
        `change the code: another region (--region) has another bucket.`,
      { cause },
    );
  }

  async #prepareBucket(): Promise<void> {
    if (!(await this.#bucketExists())) await this.#createBucket();
    else if (await this.#isMade()) return;
    await this.#protectBucket();
  }

  async #createBucket(): Promise<void> {
    const location = { LocationConstraint: this.#region as BucketLocationConstraint };
    try {
      await this.#s3.send(
        new CreateBucketCommand({
          Bucket: this.bucket,
          ObjectOwnership: "BucketOwnerEnforced",
          ...(this.#region !== DEFAULT_LOCATION && { CreateBucketConfiguration: location }),
        }),
      );
    } catch (error) {
      const { name } = error as Error;
      // another deployment was quicker
      if (name === "BucketAlreadyOwnedByYou") return;
      throw name === "BucketAlreadyExists" ? this.#notOurs(error) : error;
    }
  }

  async #isMade(): Promise<boolean> {
    try {
      const { TagSet: tags = [] } = await this.#s3.send(new GetBucketTaggingCommand(this.#own));
      return tags.some(({ Key, Value }) => Key === MADE_TAG.Key && Value === MADE_TAG.Value);
    } catch (error) {
      if ((error as Error).name === "NoSuchTagSet") return false;
      throw error;
    }
  }

  /** One after the other: S3 refuses two changes of one bucket at a time. */
  async #protectBucket(): Promise<void> {
    const own = this.#own;
    await this.#s3.send(
      new PutPublicAccessBlockCommand({
        ...own,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    const encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }] };
    await this.#s3.send(new PutBucketEncryptionCommand({ ...own, ServerSideEncryptionConfiguration: encryption }));
    await this.#s3.send(new PutBucketVersioningCommand({ ...own, VersioningConfiguration: { Status: "Enabled" } }));
    await this.#s3.send(new PutBucketLifecycleConfigurationCommand({ ...own, LifecycleConfiguration: LIFECYCLE }));
    await this.#s3.send(new PutBucketPolicyCommand({ ...own, Policy: JSON.stringify(this.#tlsOnly()) }));
    await this.#s3.send(new PutBucketTaggingCommand({ ...own, Tagging: { TagSet: [MADE_TAG] } }));
  }

  #tlsOnly() {
    const arn = `arn:${this.#partition}:s3:::${this.bucket}`;
    return {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    };
  }
}

const LIFECYCLE = {
  Rules: [
    {
      ID: "old-versions",
      Status: "Enabled" as const,
      Filter: { Prefix: "" },
      NoncurrentVersionExpiration: { NoncurrentDays: OLD_VERSIONS_DAYS },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ],
};
