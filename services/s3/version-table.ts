import type { Table } from "../../emulator/storage/storage.ts";
import { afterPrefix, bucketPrefix, parseVersionKey, uploadKey, uploadSeekKey, versionKey } from "./keys.ts";
import type { Seek } from "./listing.ts";
import type { DeleteMarker, ObjectRecord } from "./model.ts";
import { orderOf, versionIdOf } from "./version-id.ts";

/** A version of a key: an object, or the marker that says that it was deleted. */
export type Version = ObjectRecord | DeleteMarker;

export const isDeleteMarker = (version: Version): version is DeleteMarker => "isDeleteMarker" in version;

/** What tells a key's newest version from what comes after it, also where versions have no ids of their own. */
export const identityOf = (newest: Version | undefined): string =>
  newest === undefined
    ? ""
    : isDeleteMarker(newest)
      ? `deleted ${newest.version.order}`
      : (newest.body?.id ?? newest.upload?.id ?? "");

/**
 * The versions that are not current objects: older ones, and delete markers. By key, and those of one key from the newest
 * to the oldest. Current objects are in the table of objects, so that buckets without versions never come here, and a
 * listing of a bucket with versions does not either.
 */
export class VersionTable {
  readonly #versions: Table<Version>;

  constructor(versions: Table<Version>) {
    this.#versions = versions;
  }

  hasAny(bucket: string): boolean {
    const start = bucketPrefix(bucket);
    for (const _any of this.#versions.keys({ start, end: afterPrefix(start), limit: 1 })) return true;
    return false;
  }

  put(bucket: string, key: string, version: Version): void {
    this.#versions.put(versionKey(bucket, key, version.version?.order ?? 0), version);
  }

  remove(bucket: string, key: string, version: Version): void {
    this.#versions.remove(versionKey(bucket, key, version.version?.order ?? 0));
  }

  /** From the newest to the oldest; only those that are older than `before`, if it is given. */
  *of(bucket: string, key: string, before?: number): Generator<Version> {
    const end = afterPrefix(uploadKey(bucket, key));
    const start = before === undefined ? uploadKey(bucket, key) : versionKey(bucket, key, before);
    for (const { value } of this.#versions.range({ start, end, exclusiveStart: before !== undefined })) yield value;
  }

  newest(bucket: string, key: string): Version | undefined {
    const [newest] = this.of(bucket, key);
    return newest;
  }

  /** By its id, which was checked. The null version may be anywhere among the others. */
  find(bucket: string, key: string, versionId: string): Version | undefined {
    const order = orderOf(versionId);
    if (order === undefined) {
      for (const version of this.of(bucket, key)) if (version.version?.id === undefined) return version;
      return undefined;
    }
    const found = this.#versions.get(versionKey(bucket, key, order));
    return found && versionIdOf(found) === versionId ? found : undefined;
  }

  seek(bucket: string): Seek<Version> {
    const end = afterPrefix(bucketPrefix(bucket));
    const versions = this.#versions;
    return function* (from) {
      for (const { key, value } of versions.range({ start: uploadSeekKey(bucket, from), end })) {
        yield { key: parseVersionKey(key as unknown as Buffer), value };
      }
    };
  }
}
