import type { Readable } from "node:stream";
import type { Table } from "../../emulator/storage/storage.ts";
import type { Bodies, ReceivedBody, Slice } from "./bodies.ts";
import { afterPrefix, bucketPrefix, objectKey, objectSeekKey, parseObjectKey } from "./keys.ts";
import type { Seek } from "./listing.ts";
import type { ObjectRecord, Part, PartRecord } from "./model.ts";

/** Throws the error of a condition that does not hold for the object that is there now. */
export type Check = (current: ObjectRecord | undefined) => void;

/** The objects of all buckets, in the order of their keys' bytes. */
export class ObjectTable {
  readonly #objects: Table<ObjectRecord>;
  readonly #parts: Table<PartRecord>;
  readonly #bodies: Bodies;

  constructor(objects: Table<ObjectRecord>, parts: Table<PartRecord>, bodies: Bodies) {
    this.#objects = objects;
    this.#parts = parts;
    this.#bodies = bodies;
  }

  get(bucket: string, key: string): ObjectRecord | undefined {
    return this.#objects.get(objectKey(bucket, key));
  }

  hasAny(bucket: string): boolean {
    const start = bucketPrefix(bucket);
    return this.#objects.keys({ start, end: afterPrefix(start), limit: 1 }).next().done !== true;
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

  /** Within a transaction: the new object takes the place of the one that is there, whose bytes go. */
  put(
    bucket: string,
    key: string,
    record: Omit<ObjectRecord, "body">,
    received: ReceivedBody | undefined,
  ): ObjectRecord {
    const current = this.get(bucket, key);
    if (current) this.#dropBytes(current);
    const kept: ObjectRecord = received ? { ...record, body: this.#bodies.keep(received) } : record;
    this.#objects.put(objectKey(bucket, key), kept);
    return kept;
  }

  /** Within a transaction: changes what is said of an object, not its bytes. */
  update(bucket: string, key: string, record: ObjectRecord): void {
    this.#objects.put(objectKey(bucket, key), record);
  }

  /** Within a transaction. */
  remove(bucket: string, key: string): void {
    const current = this.get(bucket, key);
    if (!current) return;
    this.#dropBytes(current);
    this.#objects.remove(objectKey(bucket, key));
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
  read(record: ObjectRecord, start: number, end: number): Uint8Array | Readable {
    if (end < start) return new Uint8Array();
    if (record.body) return this.#bodies.read([{ body: record.body, start, end }]);
    const slices: Slice[] = [];
    let offset = 0;
    for (const { body } of this.parts(record)) {
      const first = Math.max(start - offset, 0);
      const last = Math.min(end - offset, body.sizeBytes - 1);
      if (first <= last) slices.push({ body, start: first, end: last });
      offset += body.sizeBytes;
      if (offset > end) break;
    }
    return this.#bodies.read(slices);
  }
}
