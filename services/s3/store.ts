import type { Readable } from "node:stream";
import type { Host } from "../../emulator/model/context.ts";
import type { HashThreads } from "../../emulator/runtime/hash-threads.ts";
import type { ReceivedBody, Witness } from "./bodies.ts";
import { LONGEST_BUCKET_NAME } from "./bucket-table.ts";
import {
  accessDenied,
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  bucketNotEmpty,
  invalidBucketName,
  invalidBucketOwner,
  noSuchBucket,
} from "./errors.ts";
import type { CustomerKey } from "./customer-key.ts";
import { EVENTS_SIGNAL, type Cause } from "./event-table.ts";
import type { Seek } from "./listing.ts";
import type { BucketRecord, DeleteMarker, ObjectRecord, Part, PartRecord, UploadRecord } from "./model.ts";
import type { Check, ListedVersion } from "./object-table.ts";
import { RESTORATIONS_SIGNAL } from "./restoration-table.ts";
import { openTables, type Tables } from "./tables.ts";
import { isDeleteMarker, type Version } from "./version-table.ts";

/** What one account sees of S3. Every change is one transaction. */
export class S3Store {
  readonly #account: string;
  readonly #host: Host;
  readonly #tables: Tables;

  constructor(host: Host, { account }: { account: string }) {
    this.#account = account;
    this.#host = host;
    this.#tables = openTables(host);
  }

  static async stop(host: Host): Promise<void> {
    await openTables(host).hashThreads.stop();
  }

  /** The buckets of all accounts. */
  static everyBucket(host: Host): Generator<BucketRecord> {
    return openTables(host).buckets.all();
  }

  /**
   * A bucket of whatever account: who may use it is a matter of policies.
   * @throws AwsError NoSuchBucket, InvalidBucketName, InvalidBucketOwnerAWSAccountID, AccessDenied
   */
  bucket({ Bucket, ExpectedBucketOwner }: { Bucket: string; ExpectedBucketOwner?: string | undefined }): BucketRecord {
    if (Bucket.length > LONGEST_BUCKET_NAME) throw invalidBucketName(Bucket);
    const bucket = this.known(Bucket);
    if (!bucket) throw noSuchBucket(Bucket);
    if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== bucket.account) {
      throw /^\d{12}$/.test(ExpectedBucketOwner) ? accessDenied() : invalidBucketOwner(ExpectedBucketOwner);
    }
    return bucket;
  }

  /** A bucket by its name, if there is one. */
  known(name: string): BucketRecord | undefined {
    return this.#tables.buckets.get(name);
  }

  /** The policy of the bucket that an ARN, of itself or of an object, lies in. */
  policyOf(arn: string): string | undefined {
    const bucket = arn.slice("arn:aws:s3:::".length).split("/", 1)[0] ?? "";
    return this.known(bucket)?.policy;
  }

  /** @returns false when the account has that bucket already and `repeatable` allows it */
  createBucket(bucket: BucketRecord, repeatable: (existing: BucketRecord) => boolean): boolean {
    const { buckets, bodies } = this.#tables;
    return bodies.write(() => {
      const existing = buckets.get(bucket.name);
      if (existing) {
        if (existing.account !== this.#account) throw bucketAlreadyExists(bucket.name);
        if (!repeatable(existing)) throw bucketAlreadyOwnedByYou(bucket.name);
        return false;
      }
      buckets.add(bucket);
      return true;
    });
  }

  updateBucket(bucket: BucketRecord): void {
    const { buckets, bodies } = this.#tables;
    bodies.write(() => {
      this.bucket({ Bucket: bucket.name });
      buckets.replace(bucket);
    });
    buckets.forget(bucket.name);
  }

  /** Removes it with its unfinished uploads. @throws AwsError BucketNotEmpty */
  deleteBucket(name: string): void {
    const { buckets, objects, uploads, bodies } = this.#tables;
    bodies.write(() => {
      const bucket = this.bucket({ Bucket: name });
      if (objects.hasAny(name)) throw bucketNotEmpty(name, bucket.versioning !== undefined);
      uploads.endAll(name);
      buckets.remove(bucket);
    });
    buckets.forget(name);
  }

  /** The account's buckets by name, from the first after `after`. */
  buckets(after: string): Generator<BucketRecord> {
    return this.#tables.buckets.ofAccount(this.#account, after);
  }

  object(bucket: string, key: string): ObjectRecord | undefined {
    return this.#tables.objects.get(bucket, key);
  }

  /** A version by its id, which was checked. */
  version(bucket: string, key: string, versionId: string): Version | undefined {
    return this.#tables.objects.version(bucket, key, versionId);
  }

  /** The newest version of a key: the current object, or a delete marker. */
  newest(bucket: string, key: string): Version | undefined {
    return this.#tables.objects.newest(bucket, key);
  }

  /** A key's versions from the newest to the oldest, only those older than `before` if it is given. */
  versionsOf(bucket: string, key: string, before?: number): Generator<ListedVersion> {
    return this.#tables.objects.versionsOf(bucket, key, before);
  }

  allVersions(bucket: string): Seek<ListedVersion> {
    return this.#tables.objects.seekVersions(bucket);
  }

  objects(bucket: string): Seek<ObjectRecord> {
    return this.#tables.objects.seek(bucket);
  }

  partsOf(record: ObjectRecord): Generator<Part> {
    return this.#tables.objects.parts(record);
  }

  /** The bytes from `start` to `end`, both inclusive. */
  readObject(record: ObjectRecord, start: number, end: number, key?: CustomerKey): Uint8Array | Readable {
    return this.#tables.objects.read(record, start, end, key?.bytes);
  }

  receive(source: AsyncIterable<Uint8Array>, witness: Witness): Promise<ReceivedBody> {
    return this.#tables.bodies.receive(source, witness);
  }

  get hashThreads(): HashThreads {
    return this.#tables.hashThreads;
  }

  discard(received: ReceivedBody): void {
    this.#tables.bodies.discard(received);
  }

  /** Puts the object if `check` lets it; else what was received is gone. */
  async putObject(
    bucket: string,
    key: string,
    record: ObjectRecord,
    received: ReceivedBody,
    check: Check,
    cause: Cause,
  ): Promise<ObjectRecord> {
    const { objects, bodies } = this.#tables;
    try {
      return await bodies.writeTogether(() => {
        const now = this.bucket({ Bucket: bucket });
        const current = objects.get(bucket, key);
        check(current);
        return this.#told(now, key, cause, objects.put(now, key, record, received, current));
      });
    } catch (error) {
      this.discard(received);
      throw error;
    }
  }

  /** Changes what is said of the current object, or of a version. `find` throws where there is none. The same record is no change. */
  updateObject(
    bucket: string,
    key: string,
    find: () => ObjectRecord,
    change: (found: ObjectRecord) => ObjectRecord,
    cause?: Cause,
  ): void {
    const { objects, bodies } = this.#tables;
    bodies.write(() => {
      const found = find();
      const changed = change(found);
      if (changed === found) return;
      objects.update(bucket, key, changed);
      if (cause) this.#told(this.bucket({ Bucket: bucket }), key, cause, changed);
    });
  }

  /** Within the change that begins it: what becomes of a restoration is told in its time. */
  awaitRestoration(bucket: string, key: string, record: ObjectRecord): void {
    this.#tables.restorations.add(bucket, key, record, this.#host.clock.now());
    queueMicrotask(() => this.#host.signals.notify(RESTORATIONS_SIGNAL));
  }

  /** Deletes the current object, which in a bucket with versioning becomes an older version behind a delete marker. */
  removeObject(
    bucket: string,
    key: string,
    check: Check,
    causeOf: (name: "Delete" | "DeleteMarkerCreated") => Cause,
  ): DeleteMarker | undefined {
    const { objects, bodies } = this.#tables;
    return bodies.write(() => {
      const now = this.bucket({ Bucket: bucket });
      const current = objects.get(bucket, key);
      check(current);
      const cause = causeOf(now.versioning === undefined ? "Delete" : "DeleteMarkerCreated");
      return this.#told(now, key, cause, objects.remove(now, key, cause.atMs));
    });
  }

  /** Removes a version for good. @returns what it was; undefined when there was none */
  removeVersion(bucket: string, key: string, versionId: string, check: Check, cause: Cause): Version | undefined {
    const { objects, bodies } = this.#tables;
    return bodies.write(() => {
      const version = objects.version(bucket, key, versionId);
      check(version && !isDeleteMarker(version) ? version : undefined);
      if (version) {
        objects.removeVersion(bucket, key, version);
        this.#told(this.bucket({ Bucket: bucket }), key, cause, version);
      }
      return version;
    });
  }

  createUpload(bucket: string, key: string, record: UploadRecord): void {
    this.#tables.uploads.create(bucket, key, record);
  }

  /** @throws AwsError NoSuchUpload */
  upload(bucket: string, key: string, uploadId: string): UploadRecord {
    return this.#tables.uploads.get(bucket, key, uploadId);
  }

  knownUpload(bucket: string, key: string, uploadId: string): UploadRecord | undefined {
    return this.#tables.uploads.find(bucket, key, uploadId);
  }

  uploads(bucket: string): Seek<UploadRecord> {
    return this.#tables.uploads.seek(bucket);
  }

  uploadsAfter(bucket: string, key: string, uploadId: string): Generator<UploadRecord> {
    return this.#tables.uploads.after(bucket, key, uploadId);
  }

  uploadedParts(uploadId: string, afterPartNumber?: number): Generator<Part> {
    return this.#tables.uploads.parts(uploadId, afterPartNumber);
  }

  uploadedPart(uploadId: string, partNumber: number): PartRecord | undefined {
    return this.#tables.uploads.part(uploadId, partNumber);
  }

  putPart(
    at: { bucket: string; key: string; uploadId: string; partNumber: number },
    part: Omit<PartRecord, "body">,
    received: ReceivedBody,
  ): void {
    const { uploads, bodies } = this.#tables;
    try {
      bodies.write(() => {
        uploads.get(at.bucket, at.key, at.uploadId); // it may have ended while the part came in
        uploads.putPart(at.uploadId, at.partNumber, part, received);
      });
    } catch (error) {
      this.discard(received);
      throw error;
    }
  }

  /** Makes the object that `assemble` describes of the parts with these numbers, and ends the upload. */
  completeUpload(
    at: { bucket: string; key: string; uploadId: string },
    partNumbers: readonly number[],
    cause: Cause,
    assemble: (upload: UploadRecord, current: ObjectRecord | undefined) => ObjectRecord,
  ): ObjectRecord {
    const { objects, uploads, bodies } = this.#tables;
    return bodies.write(() => {
      const bucket = this.bucket({ Bucket: at.bucket });
      const upload = uploads.get(at.bucket, at.key, at.uploadId);
      const current = objects.get(at.bucket, at.key);
      const record = assemble(upload, current);
      uploads.end(at.bucket, at.key, at.uploadId, new Set(partNumbers));
      return this.#told(bucket, at.key, cause, objects.put(bucket, at.key, record, undefined, current));
    });
  }

  abortUpload(bucket: string, key: string, uploadId: string): void {
    const { uploads, bodies } = this.#tables;
    bodies.write(() => {
      uploads.get(bucket, key, uploadId);
      uploads.end(bucket, key, uploadId, new Set());
    });
  }

  /** Keeps the events of what happened, in its own transaction, for those whom the bucket tells of them. */
  #told<T extends Version | undefined>(bucket: BucketRecord, key: string, cause: Cause, what: T): T {
    if (bucket.notifications && this.#tables.events.record(bucket, key, cause, what)) {
      queueMicrotask(() => this.#host.signals.notify(EVENTS_SIGNAL));
    }
    return what;
  }
}
