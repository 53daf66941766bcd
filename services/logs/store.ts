import type { Host } from "../../emulator/model/context.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { groupExists, groupNotFound, streamExists, streamNotFound } from "./errors.ts";
import { type FilterStore, metricFilters, subscriptionFilters } from "./filter-store.ts";
import type {
  LogEvent,
  LogGroup,
  LogStream,
  MetricFilter,
  Position,
  StoredEvent,
  SubscriptionFilter,
} from "./model.ts";

/** A message and what CloudWatch counts for each event beside it. */
export const eventBytes = (message: string): number => Buffer.byteLength(message) + 26;

const DAY_MS = 24 * 3600 * 1000;

export interface EventRange {
  /** Epoch milliseconds, inclusive. */
  readonly startTime?: number;
  /** Epoch milliseconds, exclusive. */
  readonly endTime?: number;
  /** Only what stands after (or, reversed, before) this position. */
  readonly beyond?: Position;
  readonly reverse?: boolean;
}

/** Log groups, their streams and events, of one account and region. Events are ordered by time, then by arrival. */
export class LogsStore {
  readonly #scope: readonly [account: string, region: string];
  readonly #storage: Storage;
  readonly #clock: Host["clock"];
  readonly #groups: Table<LogGroup>;
  readonly #streams: Table<LogStream>;
  readonly #events: Table<readonly [message: string, ingestedAt: number]>;
  readonly metricFilters: FilterStore<MetricFilter>;
  readonly subscriptionFilters: FilterStore<SubscriptionFilter>;

  constructor(host: Host, { account, region }: { account: string; region: string }) {
    this.#scope = [account, region];
    this.#storage = host.storage;
    this.#clock = host.clock;
    this.#groups = host.storage.table("logs/groups");
    this.#streams = host.storage.table("logs/streams");
    this.#events = host.storage.table("logs/events");
    this.metricFilters = metricFilters(host.storage, this.#scope);
    this.subscriptionFilters = subscriptionFilters(host.storage, this.#scope);
  }

  /** The accounts and regions that have log groups. */
  static scopes(host: Host): { account: string; region: string }[] {
    const groups = host.storage.table<LogGroup>("logs/groups");
    const seen = new Set([...groups.keys()].map(([account, region]) => `${String(account)} ${String(region)}`));
    return [...seen].map((scope) => {
      const [account = "", region = ""] = scope.split(" ");
      return { account, region };
    });
  }

  /** All of its writes, or none. */
  write<T>(work: () => T): T {
    return this.#storage.write(work);
  }

  group(name: string): LogGroup {
    const group = this.#groups.get([...this.#scope, name]);
    if (!group) throw groupNotFound();
    return group;
  }

  /** In the order of their names. */
  groups(): LogGroup[] {
    return [...this.#groups.under(this.#scope)].map(({ value }) => value);
  }

  addGroup(group: LogGroup): void {
    if (this.#groups.has([...this.#scope, group.name])) throw groupExists();
    this.#groups.put([...this.#scope, group.name], group);
  }

  updateGroup(name: string, change: (group: LogGroup) => LogGroup): void {
    this.#groups.put([...this.#scope, name], change(this.group(name)));
  }

  removeGroup(name: string): void {
    const { id } = this.group(name);
    this.#storage.write(() => {
      this.#groups.remove([...this.#scope, name]);
      this.#streams.clear([...this.#scope, id]);
      this.#events.clear([...this.#scope, id]);
      this.metricFilters.clear(id);
      this.subscriptionFilters.clear(id);
    });
  }

  stream(group: string, name: string): LogStream {
    return this.streamOf(this.group(group), name);
  }

  streamOf({ id }: LogGroup, name: string): LogStream {
    const stream = this.#streams.get([...this.#scope, id, name]);
    if (!stream) throw streamNotFound();
    return stream;
  }

  streams(group: string): LogStream[] {
    return [...this.#streams.under([...this.#scope, this.group(group).id])].map(({ value }) => value);
  }

  addStream(group: string, stream: LogStream): void {
    const key = [...this.#scope, this.group(group).id, stream.name];
    if (this.#streams.has(key)) throw streamExists();
    this.#streams.put(key, stream);
  }

  removeStream(group: string, name: string): void {
    const { id } = this.group(group);
    this.stream(group, name);
    this.#storage.write(() => {
      this.#streams.remove([...this.#scope, id, name]);
      this.#events.clear([...this.#scope, id, name]);
    });
  }

  /** The events' numbers begin at the stream's `nextNumber`. @returns the stream as it is now */
  append({ id }: LogGroup, stream: LogStream, events: readonly Pick<LogEvent, "timestamp" | "message">[]): LogStream {
    const { name } = stream;
    const ingestedAt = this.#clock.now();
    const timestamps = events.map((event) => event.timestamp);
    const grown: LogStream = {
      ...stream,
      firstEventAt: Math.min(stream.firstEventAt ?? Number.POSITIVE_INFINITY, ...timestamps),
      lastEventAt: Math.max(stream.lastEventAt ?? 0, ...timestamps),
      lastIngestedAt: ingestedAt,
      nextNumber: stream.nextNumber + events.length,
      storedBytes: stream.storedBytes + events.reduce((sum, event) => sum + eventBytes(event.message), 0),
    };
    this.#storage.write(() => {
      events.forEach(({ timestamp, message }, index) => {
        this.#events.put([...this.#scope, id, name, timestamp, stream.nextNumber + index], [message, ingestedAt]);
      });
      this.#streams.put([...this.#scope, id, name], grown);
    });
    return grown;
  }

  /** The earliest time that the group's retention still shows, in epoch milliseconds. */
  horizon({ retentionDays }: LogGroup): number {
    return retentionDays === undefined ? 0 : this.#clock.now() - retentionDays * DAY_MS;
  }

  /** Reads lazily, in order of time (backwards if `reverse`); what the group's retention ended is not there. */
  *events(group: LogGroup, name: string, { startTime, endTime, beyond, reverse }: EventRange): Generator<StoredEvent> {
    const prefix = [...this.#scope, group.id, name];
    const from = Math.max(startTime ?? 0, this.horizon(group));
    const position = beyond && [...prefix, beyond.timestamp, beyond.number];
    const start = position && !reverse && beyond.timestamp >= from ? position : [...prefix, from];
    const to = endTime ?? Number.MAX_SAFE_INTEGER;
    const end = position && reverse && beyond.timestamp < to ? position : [...prefix, to];
    const range = { start, end, exclusiveStart: start === position, ...(reverse && { reverse }) };
    for (const { key, value } of this.#events.range(range)) {
      const [timestamp, number] = key.slice(-2) as [number, number];
      yield { stream: name, timestamp, number, message: value[0], ingestedAt: value[1] };
    }
  }

  /** Removes what retention ended, a bounded number of events at a time. @returns how many were removed */
  sweep(most: number): number {
    let removed = 0;
    for (const group of this.groups()) {
      if (group.retentionDays === undefined) continue;
      for (const stream of this.streams(group.name)) {
        const prefix = [...this.#scope, group.id, stream.name];
        const old = [...this.#events.keys({ start: prefix, end: [...prefix, this.horizon(group)], limit: most })];
        if (old.length === 0) continue;
        this.#storage.write(() => {
          let freed = 0;
          for (const key of old) {
            freed += eventBytes(this.#events.get(key)?.[0] ?? "");
            this.#events.remove(key);
          }
          const kept = { ...stream, storedBytes: Math.max(0, stream.storedBytes - freed) };
          this.#streams.put([...this.#scope, group.id, stream.name], kept);
        });
        removed += old.length;
        if (removed >= most) return removed;
      }
    }
    return removed;
  }
}
