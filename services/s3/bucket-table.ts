import type { Table } from "../../emulator/storage/storage.ts";
import type { BucketRecord } from "./model.ts";

export const LONGEST_BUCKET_NAME = 63;
const MOST_KNOWN = 1_000;

/** The buckets of all accounts and regions: their names are unique over them. */
export class BucketTable {
  readonly #buckets: Table<BucketRecord>;
  /** [account, name]: what ListBuckets reads. */
  readonly #names: Table<string>;
  /** Those that were asked for: every request looks at its bucket, and few change one. */
  readonly #known = new Map<string, BucketRecord>();

  constructor(buckets: Table<BucketRecord>, names: Table<string>) {
    this.#buckets = buckets;
    this.#names = names;
  }

  get(name: string): BucketRecord | undefined {
    let bucket = this.#known.get(name);
    if (bucket || name.length > LONGEST_BUCKET_NAME) return bucket;
    bucket = this.#buckets.get([name]);
    if (bucket) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(name, bucket);
    }
    return bucket;
  }

  *all(): Generator<BucketRecord> {
    for (const { value } of this.#buckets.range()) yield value;
  }

  /** By name, from the first after `after`. */
  *ofAccount(account: string, after: string): Generator<BucketRecord> {
    for (const { key } of this.#names.under([account])) {
      const name = key[1] as string;
      const bucket = name > after ? this.#buckets.get([name]) : undefined;
      if (bucket) yield bucket;
    }
  }

  /** Within a transaction. */
  add(bucket: BucketRecord): void {
    this.#buckets.put([bucket.name], bucket);
    this.#names.put([bucket.account, bucket.name], "");
  }

  /** Within a transaction. */
  replace(bucket: BucketRecord): void {
    this.#buckets.put([bucket.name], bucket);
  }

  /** Within a transaction. */
  remove({ name, account }: BucketRecord): void {
    this.#buckets.remove([name]);
    this.#names.remove([account, name]);
  }

  /** To be called when the transaction that changed a bucket is over. */
  forget(name: string): void {
    this.#known.delete(name);
  }
}
