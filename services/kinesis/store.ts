import type { Host } from "../../emulator/model/context.ts";
import { SealedTokens } from "../../emulator/model/sealed-token.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import { streamNotFound } from "./errors.ts";
import { Consumers } from "./fan-out/consumers.ts";
import { Subscriptions } from "./fan-out/subscriptions.ts";
import {
  HOUR_MS,
  horizonOf,
  isExpired,
  type NewStream,
  type ReshardStep,
  type Shard,
  type Stream,
  type Transition,
} from "./model.ts";
import type { Receipts } from "./receipts.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { Page, Tail } from "./record-log.ts";
import { initialShards, openShards, reshard } from "./reshard.ts";
import { AccountSettings } from "./capacity/account-settings.ts";
import { OnDemandCapacity } from "./capacity/on-demand.ts";
import { ResourcePolicies } from "./policies.ts";
import { StreamThroughput } from "./capacity/throughput.ts";
import { StreamRecords } from "./stream-records.ts";

/**
 * How long a stream is CREATING, UPDATING or DELETING: until the request has been answered. The SDKs' waiters look at once
 * and then again after ten seconds.
 */
const TRANSITION_MS = 0;
const TRIM_INTERVAL_MS = HOUR_MS;

/** What a token is for: one is not taken for another. */
type TokenKind = "shard-iterator" | "list-shards" | "list-streams" | "list-stream-consumers";

/** A stream with its shards, as they are now. Held in memory, written through: what is here is in storage. */
export interface LiveStream {
  stream: Stream;
  /** By number. Closed shards stay until their last record has expired. */
  shards: readonly Shard[];
  /** By hash key; they cover the hash key space. Empty while the stream is CREATING. */
  open: readonly Shard[];
  readonly tails: Map<number, Tail>;
  readonly throughput: StreamThroughput;
}

export class KinesisStore {
  readonly #host: Host;
  readonly #scope: readonly [account: string, region: string];
  readonly #streams: Table<Stream>;
  readonly #shards: Table<Shard>;
  readonly #meta: Table<string | number>;
  readonly #records: StreamRecords;
  readonly consumers: Consumers;
  readonly subscriptions = new Subscriptions();
  readonly #live = new Map<string, LiveStream>();
  readonly tokens: SealedTokens<TokenKind>;
  /** Whether streams take and give no more than AWS's rates. */
  readonly limited: boolean;
  readonly #onDemand: OnDemandCapacity | undefined;
  readonly policies: ResourcePolicies;
  readonly account: AccountSettings;

  constructor(host: Host, scope: { account: string; region: string }) {
    const { storage } = host;
    this.#host = host;
    this.#scope = [scope.account, scope.region];
    this.#streams = storage.table("kinesis/streams");
    this.#shards = storage.table("kinesis/shards");
    this.#meta = storage.table("kinesis/meta");
    this.#records = new StreamRecords(host, this.#scope);
    this.tokens = new SealedTokens(host.ids, this.#meta, this.#scope);
    this.consumers = new Consumers(host, this.#scope, (stream) => this.arn(stream));
    for (const stream of this.list()) if (stream.transition) this.#completeSoon(stream);
    const removeOthers = () => this.#records.removeOthers(new Set(Array.from(this.list(), ({ id }) => id)));
    host.scheduler.after(0, removeOthers);
    host.scheduler.every(TRIM_INTERVAL_MS, () => this.#trim());
    this.policies = new ResourcePolicies(storage, this.#scope);
    this.account = new AccountSettings(storage, this.#scope, () => host.clock.now());
    this.limited = host.kinesisLimits;
    this.#onDemand = this.limited ? new OnDemandCapacity(host, scope.region, this) : undefined;
  }

  arn(name: string): string {
    const [account, region] = this.#scope;
    return `arn:aws:kinesis:${region}:${account}:stream/${name}`;
  }

  // Streams

  find(name: string): LiveStream | undefined {
    const cached = this.#live.get(name);
    if (cached) return cached;
    const stream = this.#streams.get([...this.#scope, name]);
    if (!stream) return undefined;
    const shards = [...this.#shards.under([...this.#scope, name])].map(({ value }) => value);
    const live = {
      stream,
      shards,
      open: openShards(shards),
      tails: new Map(),
      throughput: new StreamThroughput(),
    };
    this.#live.set(name, live);
    return live;
  }

  /** By name, after the name `after`. */
  *list(after?: string): Generator<Stream> {
    const start = [...this.#scope, after ?? ""];
    const end = [...this.#scope, "\uffff"];
    for (const { value } of this.#streams.range({ start, end, exclusiveStart: true })) yield value;
  }

  create({ name, mode, shardCount, warmThroughputMiBps, maxRecordSizeKiB, tags }: NewStream): void {
    const stream: Stream = {
      name,
      id: this.#host.ids.hex(16),
      mode,
      createdAt: this.#host.clock.now(),
      retentionHours: 24,
      maxRecordSizeKiB,
      ...(warmThroughputMiBps !== undefined && { warmThroughputMiBps }),
      tags,
      nextShardNumber: shardCount,
      transition: { type: "create", shardCount },
      scalings: [],
      modeChanges: [],
    };
    this.#streams.put([...this.#scope, name], stream);
    this.#completeSoon(stream);
  }

  /** Changes the stream's own settings. */
  update(live: LiveStream, change: Partial<Stream>): void {
    const stream = { ...live.stream, ...change };
    this.#streams.put([...this.#scope, stream.name], stream);
    live.stream = stream;
  }

  /** Begins what the stream's status tells; it ends by itself shortly after, also when the emulator is restarted. */
  begin(live: LiveStream, transition: Transition, change: Partial<Stream> = {}): void {
    this.update(live, { ...change, transition });
    this.#completeSoon(live.stream);
  }

  // Records

  /**
   * Appends to the shards that own the records' hash keys, in one transaction.
   * @returns a receipt for each record, but those that their shard does not take now
   */
  append(live: LiveStream, batch: RecordBatch): Receipts {
    if (live.stream.mode === "ON_DEMAND") this.#onDemand?.written(live);
    const receipts = this.#records.append(live, batch);
    if (receipts.refused < batch.length) this.#notify(live.stream.name);
    return receipts;
  }

  /** Reads what has not expired, from `position` on. */
  read(live: LiveStream, shard: Shard, position: number, limit: number, limitBytes: number): Page {
    return this.#records.read(live, shard, position, limit, limitBytes);
  }

  /** The position after the last record. */
  end(live: LiveStream, shard: Shard): number {
    return this.#records.tail(live, shard).next;
  }

  /** The position of the first record that arrived at `time` or later. */
  positionAt(live: LiveStream, shard: Shard, time: number): number {
    return this.#records.positionAt(live, shard, time);
  }

  #notify(name: string): void {
    this.#host.signals.notify(`kinesis:${this.arn(name)}`);
  }

  #completeSoon({ name, id }: Stream): void {
    this.#host.scheduler.after(TRANSITION_MS, () => this.#complete(name, id));
  }

  async #complete(name: string, id: string): Promise<void> {
    const live = this.find(name);
    if (!live?.stream.transition || live.stream.id !== id) return;
    const { transition } = live.stream;
    const now = this.#host.clock.now();
    switch (transition.type) {
      case "create":
        this.#putShards(live, initialShards(transition.shardCount, now, this.#epochSeconds(now)));
        break;
      case "reshard":
        this.#reshard(live, transition.steps, now);
        break;
      case "change-mode":
        this.update(live, { mode: transition.mode });
        this.#reshard(live, transition.steps, now);
        break;
      case "delete":
        await this.#remove(live);
    }
    this.#notify(name);
  }

  #reshard(live: LiveStream, steps: readonly ReshardStep[], now: number): void {
    const { shards, nextShardNumber } = reshard(live.shards, steps, live.stream.nextShardNumber, now);
    this.#putShards(live, shards, nextShardNumber);
  }

  /** Writes the shards that are new or changed, and ends the transition. */
  #putShards(live: LiveStream, shards: readonly Shard[], nextShardNumber = live.stream.nextShardNumber): void {
    const { transition: _, ...stream } = { ...live.stream, nextShardNumber };
    const known = new Set(live.shards);
    this.#host.storage.write(() => {
      this.#streams.put([...this.#scope, stream.name], stream);
      for (const shard of shards) {
        if (!known.has(shard)) this.#shards.put([...this.#scope, stream.name, shard.number], shard);
      }
    });
    Object.assign(live, { stream, shards, open: openShards(shards) });
  }

  async #remove(live: LiveStream): Promise<void> {
    const { name, id } = live.stream;
    for (const shard of live.shards) await this.#records.trim(id, shard.number, Infinity);
    // a second completion of the same deletion may have overtaken this one
    if (this.#live.get(name) !== live) return;
    this.#host.storage.write(() => {
      const epochs = live.shards.map((shard) => shard.epochSeconds);
      this.#meta.put([...this.#scope, "epoch"], Math.max(this.#lastEpoch(), ...epochs));
      this.#removeConsumers(name);
      this.#shards.clear([...this.#scope, name]);
      this.#streams.remove([...this.#scope, name]);
      this.policies.clear(this.arn(name));
    });
    this.#live.delete(name);
    await this.#records.remove(id);
  }

  #removeConsumers(stream: string): void {
    for (const consumer of this.consumers.clear(stream)) {
      this.subscriptions.end(this.consumers.arn(consumer), streamNotFound(stream, this.#scope[0]));
    }
  }

  /** Removes the records that have expired, and the closed shards of which nothing is left. */
  async #trim(): Promise<void> {
    for (const { name } of [...this.list()]) {
      const live = this.find(name);
      if (!live) continue;
      const horizon = horizonOf(live.stream, this.#host.clock.now());
      for (const { number } of live.shards) await this.#trimShard(live, number, horizon);
      if (this.#live.get(name) === live) await this.#records.clean(live.stream.id);
    }
  }

  async #trimShard(live: LiveStream, number: number, horizon: number): Promise<void> {
    const { name, id } = live.stream;
    // looked up anew for each shard: the stream goes on while others are trimmed
    const shard = live.shards.find((candidate) => candidate.number === number);
    if (!shard || this.#live.get(name) !== live) return;
    const { next, lastArrival } = this.#records.tail(live, shard);
    if (isExpired(shard, horizon)) {
      await this.#records.trim(id, number, Infinity);
      this.#shards.remove([...this.#scope, name, number]);
      live.shards = live.shards.filter((other) => other !== shard);
      live.throughput.forget(number);
      live.tails.delete(number);
    } else {
      // the tail goes along: once the last segment is gone, nothing else tells the next position
      await this.#records.trim(id, number, horizon, () => {
        this.#replaceShard(live, { ...shard, nextPosition: next, lastArrival });
      });
    }
  }

  #replaceShard(live: LiveStream, shard: Shard): void {
    this.#shards.put([...this.#scope, live.stream.name, shard.number], shard);
    live.shards = live.shards.map((other) => (other.number === shard.number ? shard : other));
    live.open = openShards(live.shards);
  }

  /** Later than any epoch of a deleted stream, so that old sequence numbers never fit a new stream of the same name. */
  #epochSeconds(now: number): number {
    return Math.max(Math.floor(now / 1000), this.#lastEpoch() + 1);
  }

  #lastEpoch(): number {
    return (this.#meta.get([...this.#scope, "epoch"]) as number | undefined) ?? 0;
  }
}
