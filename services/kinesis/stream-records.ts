import type { Host } from "../../emulator/model/context.ts";
import type { ShardThroughput } from "./capacity/throughput.ts";
import { horizonOf, type Shard } from "./model.ts";
import { type Receipts, ReceiptWriter } from "./receipts.ts";
import type { RecordBatch } from "./record-batch.ts";
import { Page, RecordLog, type Tail } from "./record-log.ts";
import type { Continuation } from "./segment.ts";
import type { LiveStream } from "./store.ts";

/** What one call puts on one shard. */
interface Put {
  readonly start: Continuation;
  readonly rate: ShardThroughput | undefined;
  /** Of its records among those of the call. */
  readonly places: number[];
}

/** The records of streams, by shard: which shard a record goes to, whether it takes it now, and what has expired. */
export class StreamRecords {
  readonly #host: Host;
  readonly #log: RecordLog;

  constructor(host: Host, scope: readonly [account: string, region: string]) {
    const { storage } = host;
    this.#host = host;
    this.#log = new RecordLog(storage.table("kinesis/records", { values: "binary" }), scope, (work) =>
      storage.write(work),
    );
  }

  /** Appends to the shards that own the records' hash keys what they take now, in one transaction. */
  append(live: LiveStream, batch: RecordBatch): { readonly receipts: Receipts; readonly isWritten: boolean } {
    const { stream } = live;
    const puts = this.#puts(live, batch, this.#host.clock.now());
    const isEncrypted = stream.encryptionKey !== undefined;
    this.#host.storage.write(() => {
      for (const { start, places } of puts) this.#log.append(stream.id, start, batch, places, isEncrypted);
    });
    const receipts = new ReceiptWriter(batch.length);
    for (const { start, places } of puts) {
      receipts.write(places, start);
      const next = start.position + places.length;
      live.tails.set(start.shard.number, { next, lastArrival: start.arrivedAt });
    }
    return { receipts: receipts.receipts(), isWritten: puts.length > 0 };
  }

  read(live: LiveStream, shard: Shard, position: number, limit: number, limitBytes: number): Page {
    if (position >= this.tail(live, shard).next) return new Page(shard, position);
    const from = Math.max(position, this.#horizon(live, shard, position));
    return this.#log.read(live.stream.id, shard, from, limit, limitBytes);
  }

  /** The position of the first record that arrived at `time` or later. */
  positionAt(live: LiveStream, shard: Shard, time: number): number {
    return this.#log.firstSince(live.stream.id, shard.number, time, this.tail(live, shard).next);
  }

  /** Where the next record goes. */
  tail(live: LiveStream, shard: Shard): Tail {
    let tail = live.tails.get(shard.number);
    if (!tail) {
      tail = this.#log.tail(live.stream.id, shard);
      live.tails.set(shard.number, tail);
    }
    return tail;
  }

  /** Removes what arrived at a shard before `time`; `alongside` is written in the first transaction. */
  trim(streamId: string, shardNumber: number, time: number, alongside?: () => void): Promise<void> {
    return this.#log.trim(streamId, shardNumber, time, alongside);
  }

  /** What the shards take of a batch now. */
  #puts(live: LiveStream, batch: RecordBatch, now: number): readonly Put[] {
    const puts = new Map<number, Put>();
    for (let place = 0; place < batch.length; place++) {
      const index = batch.rangeIndex(place, live.open);
      let put = puts.get(index);
      if (!put) puts.set(index, (put = this.#put(live, live.open[index] as Shard, now)));
      if (put.rate && !put.rate.write(batch.size(place), batch.head(place), now)) continue;
      put.places.push(place);
    }
    return [...puts.values()].filter(({ places }) => places.length > 0);
  }

  #put(live: LiveStream, shard: Shard, now: number): Put {
    const { next: position, lastArrival } = this.tail(live, shard);
    return {
      start: { shard, position, arrivedAt: Math.max(now, lastArrival) },
      rate: this.#host.kinesisLimits ? live.throughput.of(shard) : undefined,
      places: [],
    };
  }

  /** The first position that has not expired, or `position` when it has not itself. */
  #horizon(live: LiveStream, shard: Shard, position: number): number {
    const oldest = horizonOf(live.stream, this.#host.clock.now());
    const arrivedAt = this.#log.arrivalAt(live.stream.id, shard.number, position) ?? 0;
    return arrivedAt >= oldest ? position : this.positionAt(live, shard, oldest);
  }
}
