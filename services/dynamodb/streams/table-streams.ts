import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../../../emulator/model/context.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { partitionHash } from "../item-keys.ts";
import type { Table } from "../model.ts";
import {
  isExpired,
  isOpen,
  RETENTION_MS,
  SHARD_LIFETIME_MS,
  signalOf,
  streamArn,
  type Shard,
  type Stream,
  type StreamViewType,
  type TableStream,
} from "./model.ts";
import { closeShards, firstShards, partitionsOf, turnOver, type Lineage } from "./shards.ts";
import { isChange, parseRecord, recordText, type Change } from "./stream-record.ts";
import { openStreamTables, type StreamTables } from "./stream-tables.ts";

/** Records that one transaction clears away. */
const PURGED_AT_ONCE = 1000;

/** What the streams need of the tables. */
interface Tables {
  readonly account: string;
  readonly region: string;
  findTable(name: string): Table | undefined;
  readonly policies: { remove(resourceArn: string): void };
  allocateSpace(): number;
}

/** A stream that is written to. Held in memory, so that a write reads nothing. */
interface LiveStream {
  readonly stream: Stream;
  readonly open: readonly Shard[];
  nextPosition: number;
  /** The time of the last record: they never fall. */
  lastCreatedAt: number;
}

type StreamName = Pick<Stream, "tableName" | "label">;

/**
 * The streams of the tables of one account and region: keeps a record of each change, in the transaction that makes the change,
 * closes shards and opens their children when it is time, and removes what has expired.
 */
export class TableStreams {
  readonly #tables: Tables;
  readonly #host: Host;
  readonly #kept: StreamTables;
  readonly #live = new Map<number, LiveStream>();
  readonly #timers = new Map<number, Timer>();
  #woken = new Set<string>();

  constructor(tables: Tables, host: Host) {
    this.#tables = tables;
    this.#host = host;
    this.#kept = openStreamTables(host.storage);
    for (const { value } of this.#kept.streams.under([tables.account, tables.region])) this.#arm(value);
  }

  /** Begins a stream. To be called in the transaction that keeps what it answers with the table. */
  enable(table: Table, viewType: StreamViewType): TableStream {
    const now = this.#host.clock.now();
    const label = this.#newLabel(table.name, now);
    const id = this.#tables.allocateSpace();
    this.#put({
      id,
      arn: streamArn(table.arn, label),
      tableName: table.name,
      label,
      viewType,
      keys: table.keys,
      status: "ENABLING",
      createdAt: now,
      ...firstShards(partitionsOf(table), now, this.#host.ids),
    });
    return { id, label, viewType, enabled: true };
  }

  find(tableName: string, label: string): Stream | undefined {
    const stream = this.#kept.streams.get(this.#key({ tableName, label }));
    return stream === undefined || isExpired(stream.disabledAt, this.#host.clock.now()) ? undefined : stream;
  }

  tag(stream: Stream, tags: NonNullable<Stream["tags"]>): void {
    this.#host.storage.write(() => this.#put({ ...stream, tags }));
  }

  /** Ends the stream of a table: its shards are closed, and can be read for a day. To be called in a transaction. */
  disable(table: Table, status: "DISABLING" | "DISABLED"): TableStream | undefined {
    const stream = this.#streamOf(table);
    if (table.stream === undefined || stream === undefined) return undefined;
    const now = this.#host.clock.now();
    const lineage = closeShards(this.#lineage(stream), stream.shards.filter(isOpen), now);
    this.#put({ ...stream, ...lineage, status, disabledAt: now });
    return { ...table.stream, enabled: false };
  }

  /** The table has become ACTIVE: its stream is what it was to be. */
  settle(table: Table): void {
    const stream = this.#streamOf(table);
    if (stream?.status === "ENABLING") this.#put({ ...stream, status: "ENABLED" });
    if (stream?.status === "DISABLING") this.#put({ ...stream, status: "DISABLED" });
  }

  /** A table with more throughput has more partitions: some shards are split. To be called in a transaction. */
  grow(table: Table): void {
    const stream = table.stream?.enabled === true ? this.#streamOf(table) : undefined;
    if (stream !== undefined) this.#turnOver(stream, table);
  }

  /** Keeps the record of a change of the item that stands at `key`. To be called in the transaction of the change. */
  record(table: Table, of: TableStream, key: Uint8Array, change: Change): void {
    if (!isChange(change)) return;
    const live = this.#liveStream(table, of);
    const hash = partitionHash(key);
    const shard = live.open.find(({ hashes }) => hash >= hashes.from && hash < hashes.to);
    if (shard === undefined) throw new Error(`no open shard of ${live.stream.arn} has the hash ${hash}`);
    live.lastCreatedAt = Math.max(this.#host.clock.now(), live.lastCreatedAt);
    const text = recordText(change, { keys: table.keys, viewType: of.viewType, createdAt: live.lastCreatedAt });
    this.#kept.records.append(of.id, shard.number, live.nextPosition++, text);
    this.#wake(live.stream.arn);
  }

  /** A transaction was taken back, and with it what is remembered of its writes. */
  forget(): void {
    this.#live.clear();
  }

  #key({ tableName, label }: StreamName): [string, string, string, string] {
    return [this.#tables.account, this.#tables.region, tableName, label];
  }

  #streamOf(table: Table): Stream | undefined {
    return table.stream && this.#kept.streams.get(this.#key({ tableName: table.name, label: table.stream.label }));
  }

  /** The time of its creation; a table has no two streams of the same. */
  #newLabel(tableName: string, now: number): string {
    for (let at = now; ; at++) {
      const label = new Date(at).toISOString().slice(0, -1);
      if (!this.#kept.streams.has(this.#key({ tableName, label }))) return label;
    }
  }

  #put(stream: Stream): void {
    this.#kept.streams.put(this.#key(stream), stream);
    this.#live.delete(stream.id);
    this.#arm(stream);
    this.#wake(stream.arn);
  }

  #liveStream(table: Table, { id }: TableStream): LiveStream {
    const known = this.#live.get(id);
    if (known !== undefined) return known;
    const stream = this.#streamOf(table);
    if (stream === undefined) throw new Error(`the table ${table.name} has lost its stream`);
    const open = stream.shards.filter(isOpen);
    const last = open.flatMap((shard) => this.#kept.records.last(id, shard.number) ?? []);
    const live = {
      stream,
      open,
      nextPosition: this.#lineage(stream).nextPosition,
      lastCreatedAt: Math.max(0, ...last.map(({ text }) => parseRecord(text).createdAt)),
    };
    this.#live.set(id, live);
    return live;
  }

  #lineage({ id, shards, nextShardNumber, nextPosition }: Stream): Lineage {
    const last = shards.filter(isOpen).flatMap(({ number }) => this.#kept.records.last(id, number)?.position ?? []);
    return { shards, nextShardNumber, nextPosition: Math.max(nextPosition, ...last.map((position) => position + 1)) };
  }

  #turnOver(stream: Stream, table: Table): void {
    const before = this.#lineage(stream);
    const after = turnOver(before, partitionsOf(table), this.#host.clock.now(), this.#host.ids);
    if (after !== before) this.#put({ ...stream, ...after });
    else this.#arm(stream);
  }

  /** Looks after the stream when its shards have had their time, or when it has itself. */
  #arm(stream: Stream): void {
    const { id, tableName, label, disabledAt, shards } = stream;
    const due =
      disabledAt === undefined
        ? Math.min(...shards.filter(isOpen).map(({ openedAt }) => openedAt)) + SHARD_LIFETIME_MS
        : disabledAt + RETENTION_MS;
    this.#timers.get(id)?.cancel();
    const tend = () => this.#tend({ tableName, label });
    this.#timers.set(id, this.#host.scheduler.after(due - this.#host.clock.now(), tend));
  }

  async #tend(name: StreamName): Promise<void> {
    const kept = this.#kept.streams.get(this.#key(name));
    if (kept === undefined) return;
    const now = this.#host.clock.now();
    const isGone = isExpired(kept.disabledAt, now);
    const gone = kept.shards.filter((shard) => isGone || isExpired(shard.closedAt, now));
    for (const shard of gone) await this.#purge(kept.id, shard);
    if (isGone) {
      this.#host.storage.write(() => {
        this.#kept.streams.remove(this.#key(name));
        this.#tables.policies.remove(kept.arn);
      });
      this.#timers.delete(kept.id);
      return;
    }
    this.#host.storage.write(() => {
      // as it is now: others may have written while the records were cleared away
      const stream = this.#kept.streams.get(this.#key(name));
      if (stream === undefined) return;
      const numbers = new Set(gone.map(({ number }) => number));
      const left = { ...stream, shards: stream.shards.filter(({ number }) => !numbers.has(number)) };
      if (gone.length > 0) this.#put(left);
      const table = this.#tables.findTable(name.tableName);
      if (stream.disabledAt !== undefined) this.#arm(left);
      else if (table !== undefined) this.#turnOver(left, table);
    });
  }

  async #purge(streamId: number, { number }: Shard): Promise<void> {
    const some = () => this.#kept.records.purge(streamId, number, PURGED_AT_ONCE);
    while (this.#host.storage.write(some)) await nextTurn();
  }

  /** Tells those who wait, once for all records of this turn: their transaction is over by then. */
  #wake(arn: string): void {
    if (this.#woken.size === 0) queueMicrotask(() => this.#notify());
    this.#woken.add(arn);
  }

  #notify(): void {
    const woken = this.#woken;
    this.#woken = new Set();
    for (const arn of woken) this.#host.signals.notify(signalOf(arn));
  }
}
