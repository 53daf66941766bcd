import type { Readable } from "node:stream";
import type { Table } from "../../emulator/storage/storage.ts";
import type { Bodies, ReceivedBody, Slice } from "./bodies.ts";
import { afterPrefix, bucketPrefix, objectKey, objectSeekKey, parseObjectKey, utf8 } from "./keys.ts";
import type { Entry, Seek } from "./listing.ts";
import type { Ids } from "../../emulator/runtime/ids.ts";
import type { BucketRecord, DeleteMarker, ObjectRecord, Part, PartRecord, VersionMark } from "./model.ts";
import { newVersionId, versionIdOf } from "./version-id.ts";
import { isDeleteMarker, type Version, type VersionTable } from "./version-table.ts";

export interface ListedVersion {
  readonly version: Version;
  readonly isLatest: boolean;
}

/** Throws the error of a condition that does not hold for the object that is there now. */
export type Check = (current: ObjectRecord | undefined) => void;

type Bucket = Pick<BucketRecord, "name" | "versioning">;

export interface ObjectTables {
  readonly objects: Table<ObjectRecord>;
  readonly versions: VersionTable;
  readonly parts: Table<PartRecord>;
  readonly bodies: Bodies;
  readonly ids: Ids;
}

/**
 * The current objects of all buckets, in the order of their keys' bytes; what else there is of a key in a bucket with
 * versioning is in the table of versions. A key whose newest version is a delete marker has no current object.
 */
export class ObjectTable {
  readonly #objects: Table<ObjectRecord>;
  readonly #versions: VersionTable;
  readonly #parts: Table<PartRecord>;
  readonly #bodies: Bodies;
  readonly #ids: Ids;

  constructor({ objects, versions, parts, bodies, ids }: ObjectTables) {
    this.#objects = objects;
    this.#versions = versions;
    this.#parts = parts;
    this.#bodies = bodies;
    this.#ids = ids;
  }

  get(bucket: string, key: string): ObjectRecord | undefined {
    return this.#objects.get(objectKey(bucket, key));
  }

  hasAny(bucket: string): boolean {
    const start = bucketPrefix(bucket);
    // a loop, not next(): an iterator that is left open holds on to its snapshot of the storage
    for (const _any of this.#objects.keys({ start, end: afterPrefix(start), limit: 1 })) return true;
    return this.#versions.hasAny(bucket);
  }

  /** By its id, which was checked. */
  version(bucket: string, key: string, versionId: string): Version | undefined {
    const current = this.get(bucket, key);
    return current && versionIdOf(current) === versionId ? current : this.#versions.find(bucket, key, versionId);
  }

  /** The newest version of a key, whatever it is. */
  newest(bucket: string, key: string): Version | undefined {
    return this.get(bucket, key) ?? this.#versions.newest(bucket, key);
  }

  seek(bucket: string): Seek<ObjectRecord> {
    const prefix = bucketPrefix(bucket);
    const objects = this.#objects;
    return function* (from) {
      for (const { key, value } of objects.range({ start: objectSeekKey(bucket, from), end: afterPrefix(prefix) })) {
        yield { key: parseObjectKey(key as unknown as Buffer), value };
      }
    };
  }

  /**
   * Within a transaction: the new object becomes the current one. The one that was is kept as a version where the bucket has
   * versioning; else its bytes go.
   */
  put(
    bucket: Bucket,
    key: string,
    record: Omit<ObjectRecord, "body" | "version">,
    received: ReceivedBody | undefined,
    current: ObjectRecord | undefined,
  ): ObjectRecord {
    const version = this.#makeRoom(bucket, key, current);
    const kept: ObjectRecord = {
      ...record,
      ...(received && { body: this.#bodies.keep(received) }),
      ...(version && { version }),
    };
    this.#objects.put(objectKey(bucket.name, key), kept);
    return kept;
  }

  /** Within a transaction: changes what is said of an object or an older version, not its bytes. */
  update(bucket: string, key: string, record: ObjectRecord): void {
    const current = this.get(bucket, key);
    if (current && versionIdOf(current) === versionIdOf(record)) this.#objects.put(objectKey(bucket, key), record);
    else this.#versions.put(bucket, key, record);
  }

  /** Within a transaction. @returns the delete marker, in a bucket with versioning */
  remove(bucket: Bucket, key: string, modifiedMs: number): DeleteMarker | undefined {
    const current = this.get(bucket.name, key);
    if (bucket.versioning === undefined && !current) return undefined;
    const version = this.#makeRoom(bucket, key, current);
    this.#objects.remove(objectKey(bucket.name, key));
    if (!version) return undefined;
    const marker: DeleteMarker = { isDeleteMarker: true, version, modifiedMs };
    this.#versions.put(bucket.name, key, marker);
    return marker;
  }

  /** Within a transaction: removes one version for good; when it was the newest, the next one takes its place. */
  removeVersion(bucket: string, key: string, version: Version): void {
    if (!isDeleteMarker(version)) this.#dropBytes(version);
    const current = this.get(bucket, key);
    if (current && versionIdOf(current) === versionIdOf(version)) this.#objects.remove(objectKey(bucket, key));
    else this.#versions.remove(bucket, key, version);
    if (this.get(bucket, key)) return;
    const next = this.#versions.newest(bucket, key);
    if (!next || isDeleteMarker(next)) return;
    this.#versions.remove(bucket, key, next);
    this.#objects.put(objectKey(bucket, key), next);
  }

  /** Takes the current object out of the way of a new version. @returns which version that is; undefined without versioning */
  #makeRoom({ name, versioning }: Bucket, key: string, current: ObjectRecord | undefined): VersionMark | undefined {
    if (versioning === undefined) {
      if (current) this.#dropBytes(current);
      return undefined;
    }
    const order = ((current ?? this.#versions.newest(name, key))?.version?.order ?? 0) + 1;
    const replacesCurrent = versioning === "Suspended" && current !== undefined && current.version?.id === undefined;
    if (replacesCurrent) this.#dropBytes(current);
    else {
      // there is one null version at most
      const old = versioning === "Suspended" ? this.#versions.find(name, key, "null") : undefined;
      if (old) {
        if (!isDeleteMarker(old)) this.#dropBytes(old);
        this.#versions.remove(name, key, old);
      }
      if (current) this.#versions.put(name, key, current);
    }
    return versioning === "Suspended" ? { order } : { id: newVersionId(this.#ids, order), order };
  }

  /** The versions of a key from the newest to the oldest; only those that are older than `before`, if it is given. */
  *versionsOf(bucket: string, key: string, before?: number): Generator<ListedVersion> {
    const current = this.get(bucket, key);
    if (current && (before === undefined || (current.version?.order ?? 0) < before)) {
      yield { version: current, isLatest: true };
    }
    const newest = current ? undefined : this.#versions.newest(bucket, key)?.version?.order;
    for (const version of this.#versions.of(bucket, key, before)) {
      yield { version, isLatest: !current && (version.version?.order ?? 0) === (newest ?? 0) };
    }
  }

  /** All versions of all keys, in the order of the keys and each key's from the newest to the oldest. */
  seekVersions(bucket: string): Seek<ListedVersion> {
    return (from) => mergeVersions(this.seek(bucket)(from), this.#versions.seek(bucket)(from));
  }

  #dropBytes(record: ObjectRecord): void {
    if (record.body) this.#bodies.drop(record.body);
    if (!record.upload) return;
    for (const part of this.parts(record)) this.#bodies.drop(part.body);
    this.#parts.clear([record.upload.id]);
  }

  /** The parts of an object that a multipart upload made, in order, numbered from 1. */
  *parts(record: ObjectRecord): Generator<Part> {
    if (!record.upload) return;
    let partNumber = 0;
    for (const { value } of this.#parts.under([record.upload.id])) yield { ...value, partNumber: ++partNumber };
  }

  /** The bytes from `start` to `end`, both inclusive. */
  read(record: ObjectRecord, start: number, end: number, key?: Uint8Array): Uint8Array | Readable {
    if (end < start) return new Uint8Array();
    if (record.body) return this.#bodies.read([{ body: record.body, start, end }], key);
    const slices: Slice[] = [];
    let offset = 0;
    for (const { body } of this.parts(record)) {
      const first = Math.max(start - offset, 0);
      const last = Math.min(end - offset, body.sizeBytes - 1);
      if (first <= last) slices.push({ body, start: first, end: last });
      offset += body.sizeBytes;
      if (offset > end) break;
    }
    return this.#bodies.read(slices, key);
  }
}

/** Two listings as one: of each key the current object, then its other versions. */
function* mergeVersions(
  objects: Iterable<Entry<ObjectRecord>>,
  versions: Iterable<Entry<Version>>,
): Generator<Entry<ListedVersion>> {
  const older = versions[Symbol.iterator]();
  let next = older.next();
  let latestOf: string | undefined;
  const olderThan = function* (until: Uint8Array | undefined): Generator<Entry<ListedVersion>> {
    while (next.done !== true && (until === undefined || Buffer.compare(utf8(next.value.key), until) < 0)) {
      const { key, value } = next.value;
      yield { key, value: { version: value, isLatest: key !== latestOf } };
      latestOf = key;
      next = older.next();
    }
  };
  try {
    for (const { key, value } of objects) {
      yield* olderThan(utf8(key));
      yield { key, value: { version: value, isLatest: true } };
      latestOf = key;
    }
    yield* olderThan(undefined);
  } finally {
    older.return?.();
  }
}
