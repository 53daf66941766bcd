import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type OnceConfig, untilGone } from "../emulator-process.ts";
import type { Random } from "./random.ts";
import { Versions, type Writer } from "./writer.ts";

const BUCKET = "objects";
const FIRST_PART_BYTES = 5 * 1024 * 1024;
const LAST_PART_BYTES = 90_000;

/** An upload that was begun and whose end was not acknowledged. */
interface Upload {
  readonly key: string;
  readonly version: number;
  /** ETags of the parts that were acknowledged, by their numbers. */
  readonly etags: Map<number, string>;
}

/** Small objects (inside the tables), large ones (files of their own) and multipart uploads. */
export class ObjectsWriter implements Writer {
  readonly #random: Random;
  readonly #versions = new Map<string, Versions>();
  readonly #uploads = new Map<string, Upload>();
  readonly #ended = new Set<string>();
  readonly #writes: Record<string, number> = { small: 0, large: 0, multipart: 0, deletedObjects: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  async prepare(config: OnceConfig): Promise<void> {
    await using s3 = open(config);
    await s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  }

  async write(config: OnceConfig): Promise<void> {
    await using s3 = open(config);
    await Promise.all([
      untilGone(() => this.#put(s3.client, "small")),
      untilGone(() => this.#put(s3.client, "large")),
      untilGone(() => this.#uploadInParts(s3.client)),
    ]);
  }

  async #put(s3: S3Client, kind: "small" | "large"): Promise<void> {
    const key = `${kind}/${this.#random.between(1, 4)}`;
    const versions = this.#versionsOf(key);
    const version = ++versions.sent;
    if (Versions.deletes(version)) {
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
      this.#writes["deletedObjects"]!++;
    } else {
      const Body = bodyOf(key, version);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body, Metadata: { version: String(version) } }));
      this.#writes[kind]!++;
    }
    versions.acknowledged = version;
  }

  async #uploadInParts(s3: S3Client): Promise<void> {
    const key = `multipart/${this.#random.between(1, 2)}`;
    const versions = this.#versionsOf(key);
    const version = versions.sent + (Versions.deletes(versions.sent + 1) ? 2 : 1);
    versions.sent = version;
    const { UploadId = "" } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key, Metadata: { version: String(version) } }),
    );
    const upload = { key, version, etags: new Map<number, string>() };
    this.#uploads.set(UploadId, upload);
    await this.#finish(s3, UploadId, upload);
  }

  /** Uploads the parts that are missing and completes. */
  async #finish(s3: S3Client, UploadId: string, { key: Key, version, etags }: Upload): Promise<void> {
    const body = bodyOf(Key, version);
    for (const [number, part] of [body.subarray(0, FIRST_PART_BYTES), body.subarray(FIRST_PART_BYTES)].entries()) {
      if (etags.has(number + 1)) continue;
      const { ETag = "" } = await s3.send(
        new UploadPartCommand({ Bucket: BUCKET, Key, UploadId, PartNumber: number + 1, Body: part }),
      );
      etags.set(number + 1, ETag);
    }
    const Parts = [1, 2].map((PartNumber) => ({ PartNumber, ETag: etags.get(PartNumber) }));
    await s3.send(new CompleteMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId, MultipartUpload: { Parts } }));
    this.#versionsOf(Key).acknowledged = version;
    this.#uploads.delete(UploadId);
    this.#ended.add(UploadId);
    this.#writes["multipart"]!++;
  }

  #versionsOf(key: string): Versions {
    const versions = this.#versions.get(key) ?? new Versions();
    this.#versions.set(key, versions);
    return versions;
  }

  async check(config: OnceConfig): Promise<void> {
    await using s3 = open(config);
    await this.#checkObjects(s3.client);
    await this.#checkUploads(s3.client);
  }

  async #checkObjects(client: S3Client): Promise<void> {
    const listed = new Map<string, number>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: BUCKET })) {
      for (const { Key = "", Size = 0 } of Contents) listed.set(Key, Size);
    }
    for (const key of listed.keys()) expect(this.#versions.has(key)).toBe(true);
    for (const [key, versions] of this.#versions) {
      versions.settle(`object ${key}`, listed.has(key) ? await readVersion(client, key, listed.get(key)) : undefined);
    }
  }

  /** What was begun and not ended can be ended; nothing else is listed, and of those nothing is left. */
  async #checkUploads(s3: S3Client): Promise<void> {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    for (const { UploadId = "", Key } of Uploads) {
      expect(this.#ended).not.toContain(UploadId);
      const upload = this.#uploads.get(UploadId);
      if (!upload || this.#random.next() < 0.3) {
        // its beginning was not acknowledged, or nobody wants it any more
        await s3.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId }));
        this.#versionsOf(Key ?? "").sent = this.#versionsOf(Key ?? "").acknowledged;
        continue;
      }
      const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket: BUCKET, Key, UploadId }));
      const etags = new Map(Parts.map(({ PartNumber = 0, ETag = "" }) => [PartNumber, ETag]));
      for (const [number, etag] of upload.etags) expect(etags.get(number)).toBe(etag);
      this.#versionsOf(upload.key).sent = upload.version;
      await this.#finish(s3, UploadId, upload);
    }
    const found = new Set(Uploads.map(({ UploadId }) => UploadId));
    for (const [uploadId, { key, version }] of this.#uploads) {
      // not listed: it was completed, though that was not acknowledged
      if (!found.has(uploadId)) expect(`${key} ${this.#versionsOf(key).acknowledged}`).toBe(`${key} ${version}`);
    }
    this.#uploads.clear();
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? []).toEqual([]);
    await this.#checkObjects(s3);
  }

  /** Bytes of all objects that are large enough for a file of their own. */
  fileBytes(): number {
    let bytes = 0;
    for (const [key, { acknowledged }] of this.#versions) {
      if (key.startsWith("small/") || acknowledged === 0 || Versions.deletes(acknowledged)) continue;
      bytes += bodyOf(key, acknowledged).byteLength;
    }
    return bytes;
  }

  acknowledged(): Readonly<Record<string, number>> {
    return this.#writes;
  }
}

function open(config: OnceConfig): AsyncDisposable & { readonly client: S3Client } {
  const client = new S3Client({ ...config, forcePathStyle: true });
  return { client, [Symbol.asyncDispose]: async () => client.destroy() };
}

/** The version of an object, whose bytes must all be of this version. */
async function readVersion(s3: S3Client, Key: string, size: number | undefined): Promise<number> {
  const { Body, Metadata, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  const version = Number(Metadata?.["version"]);
  expect({ Key, isWhole: bytes.equals(bodyOf(Key, version)) }).toEqual({ Key, isWhole: true });
  expect([ContentLength, size]).toEqual([bytes.byteLength, bytes.byteLength]);
  return version;
}

/** Content and size follow from key and version, so that a mixture of two versions shows. */
function bodyOf(key: string, version: number): Buffer {
  const spread = (version * 7919) % 1000;
  const bytes = key.startsWith("small/")
    ? spread * 40
    : key.startsWith("large/")
      ? 70_000 + spread * 200
      : FIRST_PART_BYTES + LAST_PART_BYTES + spread;
  return Buffer.alloc(bytes, `${key} in version ${version}. `);
}
