import type { Host } from "../../emulator/model/context.ts";
import type { KeyPart, Storage, Table } from "../../emulator/storage/storage.ts";
import type { DeliveryStream, Entry, LaneId, LaneKind, Scope, Sealed, Segment } from "./model.ts";

/** Where to go on reading a shard of the source: after this sequence number; undefined: it was read to its end. */
export interface Checkpoint {
  readonly after?: string;
  readonly finished?: true;
}

/** Room for this many segments in one millisecond, before numbers run ahead of the clock. */
const NUMBERS_IN_A_MS = 1024;

/**
 * What one stream has buffered, until it is in S3. What one call brought is one value, a segment:
 *
 *     [account, region, stream id, lane, part, number, buffered at, arrived at, bytes, count] -> segment
 *
 * so that a start after a kill reads keys alone. Numbers grow with the clock and never come again.
 */
export class BufferStore {
  readonly #storage: Storage;
  readonly #segments: Table<Segment>;
  readonly #sealed: Table<Sealed>;
  readonly #checkpoints: Table<Checkpoint>;
  readonly #clock: Host["clock"];
  readonly #prefix: readonly string[];
  #lastNumber: number;

  constructor(host: Host, { account, region }: Scope, { id }: Pick<DeliveryStream, "id">) {
    this.#storage = host.storage;
    this.#clock = host.clock;
    this.#segments = host.storage.table("firehose/buffers");
    this.#sealed = host.storage.table("firehose/sealed");
    this.#checkpoints = host.storage.table("firehose/checkpoints");
    this.#prefix = [account, region, id];
    this.#lastNumber = 0;
  }

  /** Runs `work` as one transaction. */
  write<T>(work: () => T): T {
    return this.#storage.write(work);
  }

  /** Every segment, from the oldest of each lane on. To be read once, before anything is appended. */
  *entries(): Generator<{ lane: LaneId; entry: Entry }> {
    // the names of lanes are letters, which come before "~"
    for (const key of this.#segments.keys({ start: this.#prefix, end: [...this.#prefix, "~"] })) {
      const [kind, part, number, bufferedAt, arrivedAt, bytes, count] = key.slice(3) as [LaneKind, string, ...number[]];
      const entry = { number, bufferedAt, arrivedAt, bytes, count } as Entry;
      this.#lastNumber = Math.max(this.#lastNumber, entry.number);
      yield { lane: { kind, part }, entry };
    }
  }

  append({ kind, part }: LaneId, segment: Segment): Entry {
    const now = this.#clock.now();
    const number = Math.max(this.#lastNumber + 1, now * NUMBERS_IN_A_MS);
    this.#lastNumber = number;
    const bytes = segment.data.reduce((sum, data) => sum + data.byteLength, 0);
    const { arrivedAt } = segment;
    const entry: Entry = { number, bufferedAt: now, arrivedAt, bytes, count: segment.data.length };
    this.#segments.put(this.#key({ kind, part }, entry), segment);
    return entry;
  }

  get(lane: LaneId, entry: Entry): Segment {
    const segment = this.#segments.get(this.#key(lane, entry));
    if (!segment) throw new Error(`a buffered segment of delivery stream ${this.#prefix.join("/")} is gone`);
    return segment;
  }

  remove(lane: LaneId, entries: readonly Entry[]): void {
    this.write(() => {
      for (const entry of entries) this.#segments.remove(this.#key(lane, entry));
    });
  }

  sealed({ kind, part }: LaneId): Sealed | undefined {
    return this.#sealed.get([...this.#prefix, kind, part]);
  }

  seal({ kind, part }: LaneId, sealed: Sealed): void {
    this.#sealed.put([...this.#prefix, kind, part], sealed);
  }

  unseal({ kind, part }: LaneId): void {
    this.#sealed.remove([...this.#prefix, kind, part]);
  }

  checkpoint(shardId: string): Checkpoint | undefined {
    return this.#checkpoints.get([...this.#prefix, shardId]);
  }

  setCheckpoint(shardId: string, checkpoint: Checkpoint): void {
    this.#checkpoints.put([...this.#prefix, shardId], checkpoint);
  }

  /** Removes everything of the stream. */
  clear(): void {
    this.write(() => {
      for (const table of [this.#segments, this.#sealed, this.#checkpoints]) table.clear(this.#prefix);
    });
  }

  #key({ kind, part }: LaneId, { number, bufferedAt, arrivedAt, bytes, count }: Entry): KeyPart[] {
    return [...this.#prefix, kind, part, number, bufferedAt, arrivedAt, bytes, count];
  }
}
