import type { Host } from "../../emulator/model/context.ts";
import type { ShardThroughput } from "./capacity/throughput.ts";
import { horizonOf, type Shard } from "./model.ts";
import { Receipts } from "./receipts.ts";
import type { RecordBatch } from "./record-batch.ts";
import { Page, RecordLog, type Put, type Tail } from "./record-log.ts";
import type { LiveStream } from "./store.ts";

interface ShardPut extends Put {
  readonly rate: ShardThroughput | undefined;
  readonly places: number[];
}

/** The records of streams, by shard: which shard a record goes to, whether it takes it now, and what has expired. */
export class StreamRecords {
  readonly #host: Host;
  readonly #log: RecordLog;

  constructor(host: Host, scope: readonly [account: string, region: string]) {
    this.#host = host;
    this.#log = new RecordLog(host.storage, scope);
  }

  /** Appends to the shards that own the records' hash keys what they take now, in one transaction. */
  append(live: LiveStream, batch: RecordBatch): Receipts {
    const { stream } = live;
    const puts = this.#puts(live, batch, this.#host.clock.now());
    const isEncrypted = stream.encryptionKey !== undefined;
    if (puts.length > 0) this.#host.storage.write(() => this.#log.append(stream.id, puts, batch, isEncrypted));
    const receipts = new Receipts(batch.length);
    for (const { start, places } of puts) {
      receipts.write(places, start);
      const next = start.position + places.length;
      live.tails.set(start.shard.number, { next, lastArrival: start.arrivedAt });
    }
    return receipts;
  }

  read(live: LiveStream, shard: Shard, position: number, limit: number, limitBytes: number): Page {
    if (position >= this.tail(live, shard).next) return new Page(position);
    const from = Math.max(position, this.#horizon(live, shard, position));
    return this.#log.read(live.stream.id, shard.number, from, limit, limitBytes);
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

  /** Removes the files of a stream in which trimming has left nothing. */
  clean(streamId: string): Promise<void> {
    return this.#log.clean(streamId);
  }

  /** Removes the files of a stream that is gone. */
  remove(streamId: string): Promise<void> {
    return this.#log.remove(streamId);
  }

  removeOthers(streamIds: ReadonlySet<string>): Promise<void> {
    return this.#log.removeOthers(streamIds);
  }

  /** What the shards take of a batch now. */
  #puts(live: LiveStream, batch: RecordBatch, now: number): readonly Put[] {
    const puts = new Map<number, ShardPut>();
    for (let place = 0; place < batch.length; place++) {
      const index = batch.rangeIndex(place, live.open);
      let put = puts.get(index);
      if (!put) puts.set(index, (put = this.#put(live, live.open[index] as Shard, now)));
      if (put.rate && !put.rate.write(batch.size(place), batch.head(place), now)) continue;
      put.places.push(place);
    }
    return [...puts.values()].filter(({ places }) => places.length > 0);
  }

  #put(live: LiveStream, shard: Shard, now: number): ShardPut {
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
