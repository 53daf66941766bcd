import type { Table } from "../../emulator/storage/storage.ts";
import type { Bodies, ReceivedBody } from "./bodies.ts";
import { noSuchUpload } from "./errors.ts";
import { afterPrefix, bucketPrefix, parseUploadKey, uploadKey, uploadSeekKey } from "./keys.ts";
import type { Seek } from "./listing.ts";
import type { Part, PartRecord, UploadRecord } from "./model.ts";

/** Multipart uploads in progress and their parts, which are those of the object once it is complete. */
export class UploadTable {
  readonly #uploads: Table<UploadRecord>;
  readonly #parts: Table<PartRecord>;
  readonly #bodies: Bodies;

  constructor(uploads: Table<UploadRecord>, parts: Table<PartRecord>, bodies: Bodies) {
    this.#uploads = uploads;
    this.#parts = parts;
    this.#bodies = bodies;
  }

  create(bucket: string, key: string, record: UploadRecord): void {
    this.#uploads.put(uploadKey(bucket, key, record.id), record);
  }

  /** @throws AwsError NoSuchUpload */
  get(bucket: string, key: string, uploadId: string): UploadRecord {
    const record = this.find(bucket, key, uploadId);
    if (!record) throw noSuchUpload(uploadId);
    return record;
  }

  find(bucket: string, key: string, uploadId: string): UploadRecord | undefined {
    // an id is compared as text: no other is looked for, and none that is too long for a table's key
    return uploadId.length > 128 ? undefined : this.#uploads.get(uploadKey(bucket, key, uploadId));
  }

  /** By key, and those of one key by the time of their start. */
  seek(bucket: string): Seek<UploadRecord> {
    const prefix = bucketPrefix(bucket);
    const uploads = this.#uploads;
    return function* (from) {
      for (const { key, value } of uploads.range({ start: uploadSeekKey(bucket, from), end: afterPrefix(prefix) })) {
        yield { key: parseUploadKey(key as unknown as Buffer).key, value };
      }
    };
  }

  /** The uploads of one key after the one with the id. */
  *after(bucket: string, key: string, uploadId: string): Generator<UploadRecord> {
    const start = uploadKey(bucket, key, uploadId);
    const end = afterPrefix(uploadKey(bucket, key));
    for (const { value } of this.#uploads.range({ start, end, exclusiveStart: true })) yield value;
  }

  *parts(uploadId: string, afterPartNumber = 0): Generator<Part> {
    for (const { key, value } of this.#parts.under([uploadId])) {
      const partNumber = key[1] as number;
      if (partNumber > afterPartNumber) yield { ...value, partNumber };
    }
  }

  part(uploadId: string, partNumber: number): PartRecord | undefined {
    return this.#parts.get([uploadId, partNumber]);
  }

  /** Within a transaction. */
  putPart(uploadId: string, partNumber: number, part: Omit<PartRecord, "body">, received: ReceivedBody): void {
    const replaced = this.part(uploadId, partNumber);
    if (replaced) this.#bodies.drop(replaced.body);
    this.#parts.put([uploadId, partNumber], { ...part, body: this.#bodies.keep(received) });
  }

  /** Within a transaction: the upload ends, and of its parts only those with these numbers stay. */
  end(bucket: string, key: string, uploadId: string, kept: ReadonlySet<number>): void {
    for (const part of [...this.parts(uploadId)]) {
      if (kept.has(part.partNumber)) continue;
      this.#bodies.drop(part.body);
      this.#parts.remove([uploadId, part.partNumber]);
    }
    this.#uploads.remove(uploadKey(bucket, key, uploadId));
  }

  /** Within a transaction: ends all uploads of a bucket. */
  endAll(bucket: string): void {
    for (const { key, value } of [...this.seek(bucket)(new Uint8Array())]) this.end(bucket, key, value.id, new Set());
  }
}
