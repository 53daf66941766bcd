import type { Host } from "../../emulator/model/context.ts";
import { SealedTokens } from "../../emulator/model/sealed-token.ts";
import { isExpired, isOpen, RETENTION_MS, type Shard, type Stream } from "../dynamodb/streams/model.ts";
import { parseRecord, type StreamRecord } from "../dynamodb/streams/stream-record.ts";
import { openStreamTables, type StreamTables } from "../dynamodb/streams/stream-tables.ts";
import { trimmed } from "./errors.ts";
import { parseStreamArn } from "./stream-arn.ts";

export interface ReadRecord extends StreamRecord {
  readonly position: number;
}

export interface Page {
  readonly records: readonly ReadRecord[];
  /** Where to go on reading. */
  readonly next: number;
  /** All that the shard has was read. */
  readonly isAtEnd: boolean;
}

/** The streams of the tables of one account and region, as they can be read. The tables' service writes them. */
export class DynamoDbStreamsStore {
  readonly #host: Host;
  readonly #scope: readonly [account: string, region: string];
  readonly #kept: StreamTables;
  readonly tokens: SealedTokens<"dynamodb-shard-iterator">;

  constructor(host: Host, { account, region }: { account: string; region: string }) {
    this.#host = host;
    this.#scope = [account, region];
    this.#kept = openStreamTables(host.storage);
    this.tokens = new SealedTokens(host.ids, host.storage.table("dynamodb-streams/meta"), this.#scope);
  }

  /** Undefined when there is none, and for one that was disabled a day ago. @throws AwsError ValidationException */
  find(arn: string): Stream | undefined {
    const { account, region, tableName, label } = parseStreamArn(arn);
    // another account's too: its policy has allowed the call
    if (region !== this.#scope[1]) return undefined;
    const stream = this.#kept.streams.get([account, region, tableName, label]);
    return stream === undefined || isExpired(stream.disabledAt, this.#now()) ? undefined : stream;
  }

  /** Of one table or of all, by the tables' names and the time of their creation, behind `after`. */
  *list(tableName: string | undefined, after: string | undefined): Generator<Stream> {
    const prefix = tableName === undefined ? this.#scope : [...this.#scope, tableName];
    const start = after === undefined ? prefix : [...this.#scope, ...placeOf(after)];
    const end = [...prefix, LAST_NAME];
    for (const { value } of this.#kept.streams.range({ start, end, exclusiveStart: true })) {
      if (tableName !== undefined && value.tableName !== tableName) continue;
      if (!isExpired(value.disabledAt, this.#now())) yield value;
    }
  }

  /** In the order of their ids: parents before children. */
  shards(stream: Stream): Shard[] {
    return stream.shards.filter((shard) => !isExpired(shard.closedAt, this.#now()));
  }

  /**
   * Reads from `position` on: at most `limit` records and, after the first one, `limitBytes`.
   * @throws AwsError TrimmedDataAccessException
   */
  read(stream: Stream, shard: Shard, position: number, limit: number, limitBytes: number): Page {
    const records: ReadRecord[] = [];
    let next = position;
    let bytes = 0;
    for (const kept of this.#kept.records.read(stream.id, shard.number, position)) {
      const record = parseRecord(kept.text);
      if (records.length === 0 && this.#isTrimmed(record)) throw trimmed();
      bytes += record.sizeBytes;
      if (records.length === limit || (records.length > 0 && bytes > limitBytes)) {
        return { records, next, isAtEnd: false };
      }
      records.push({ ...record, position: kept.position });
      next = kept.position + 1;
    }
    return { records, next, isAtEnd: !isOpen(shard) };
  }

  /** The position behind the last record of the shard. */
  end(stream: Stream, shard: Shard): number {
    const last = this.#kept.records.last(stream.id, shard.number);
    return last === undefined ? shard.startingPosition : last.position + 1;
  }

  /** The position of the oldest record of the shard that has not been trimmed; it is `end` when all of them have. */
  horizon(stream: Stream, shard: Shard): number {
    const trimmedFrom = (position: number): number | undefined => {
      const kept = this.#kept.records.first(stream.id, shard.number, position);
      return kept !== undefined && this.#isTrimmed(parseRecord(kept.text)) ? kept.position : undefined;
    };
    let low = shard.startingPosition;
    // mostly there is none: shards live for hours, records for a day
    if (trimmedFrom(low) === undefined) return low;
    let high = this.end(stream, shard);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const trimmedAt = trimmedFrom(middle);
      if (trimmedAt === undefined) high = middle;
      else low = trimmedAt + 1;
    }
    return low;
  }

  #now(): number {
    return this.#host.clock.now();
  }

  #isTrimmed({ createdAt }: StreamRecord): boolean {
    return createdAt + RETENTION_MS <= this.#now();
  }
}

/** Sorts after every name of a table or a stream: those are ASCII. */
const LAST_NAME = "\u{10ffff}";

function placeOf(arn: string): [string, string] {
  const { tableName, label } = parseStreamArn(arn);
  return [tableName, label];
}
