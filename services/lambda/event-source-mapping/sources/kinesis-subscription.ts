import { setImmediate as nextTurn } from "node:timers/promises";
import type { Call } from "../../../../emulator/model/context.ts";
import type { InputOf, OutputOf } from "../../../../emulator/model/sdk.ts";
import type { Position } from "../model.ts";
import { type Cursor, isStale, type ShardPage, type ShardPages } from "../shard-cursor.ts";
import type { KinesisRecord } from "./kinesis-pages.ts";

type StartingPosition = InputOf<"kinesis", "SubscribeToShard">["StartingPosition"];
type Events = NonNullable<OutputOf<"kinesis", "SubscribeToShard">["EventStream"]>;
type Event = NonNullable<NonNullable<Events extends AsyncIterable<infer E> ? E : never>["SubscribeToShardEvent"]>;

export interface SubscriptionScope {
  readonly call: Call;
  readonly consumerArn: string;
  readonly shardId: string;
  /** Reads on at an iterator, where only that knows the position. */
  readonly pages: Pick<ShardPages<KinesisRecord>, "page" | "mostRecords">;
  /** Told when an event has come, or the subscription is over. */
  readonly arrived: () => void;
}

/**
 * Reads a shard as a registered consumer of its stream does: by one subscription after the other. While it is subscribed nobody
 * else is, as that consumer; whoever takes its place is a failure of the next read.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
export class SubscriptionCursor implements Cursor<KinesisRecord> {
  readonly #scope: SubscriptionScope;
  #position: Position;
  #iterator: string | undefined;
  #subscription: Subscription | undefined;
  /** What has come, and was not asked for yet. */
  #left: readonly KinesisRecord[] = [];
  #hasEnded = false;

  constructor(scope: SubscriptionScope, position: Position, iterator?: string) {
    this.#scope = scope;
    this.#position = position;
    this.#iterator = iterator;
  }

  get latestIterator(): string | undefined {
    return this.#position.kind === "latest" ? this.#iterator : undefined;
  }

  async read(limit: number): Promise<ShardPage<KinesisRecord>> {
    const passed = this.#left.length === 0 && !this.#hasEnded ? await this.#receive() : undefined;
    const isAtTip = this.#left.length === 0;
    const records = this.#left.slice(0, limit);
    this.#left = this.#left.slice(limit);
    const isOver = this.#hasEnded && this.#left.length === 0;
    return { records, next: isOver ? undefined : "", isAtTip, ...(passed !== undefined && { passed }) };
  }

  async close(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.close();
  }

  /** Takes the next event, if there is one. @returns where LATEST was, once that is known though nothing was read */
  async #receive(): Promise<string | undefined> {
    while (!this.#subscription && this.#left.length === 0) await this.#subscribe();
    if (!this.#subscription) return undefined;
    let event: Event | "nothing" | "over";
    try {
      event = await this.#subscription.next();
    } catch (error) {
      this.#subscription = undefined;
      throw error;
    }
    if (event === "nothing") return undefined;
    if (event === "over") {
      this.#subscription = undefined;
      return this.#receive();
    }
    const { Records = [], ContinuationSequenceNumber: next } = event;
    const wasLatest = this.#position.kind === "latest";
    this.#left = Records;
    // there is no place to go on in a shard that is read to its end
    this.#hasEnded = next === undefined;
    if (this.#hasEnded) await this.close();
    else if (next !== undefined) this.#position = { kind: "after", sequenceNumber: next };
    return wasLatest && Records.length === 0 ? next : undefined;
  }

  async #subscribe(): Promise<void> {
    const { call, consumerArn: ConsumerARN, shardId: ShardId, arrived } = this.#scope;
    const iterator = this.latestIterator;
    const StartingPosition = iterator === undefined ? startOf(this.#position) : { Type: "LATEST" as const };
    const abort = new AbortController();
    const input = { ConsumerARN, ShardId, StartingPosition };
    const { EventStream } = await call("kinesis", "SubscribeToShard", input, { signal: abort.signal });
    if (!EventStream) throw new Error("SubscribeToShard answered without events");
    this.#subscription = new Subscription(EventStream, abort, arrived);
    if (iterator !== undefined) await this.#catchUp(iterator);
  }

  /** The subscription begins at the end of now. What was put between LATEST, when the mapping was made, and now comes before it. */
  async #catchUp(iterator: string): Promise<void> {
    const { pages } = this.#scope;
    let missed: readonly KinesisRecord[] | undefined;
    try {
      missed = (await pages.page(iterator, pages.mostRecords)).records;
    } catch (error) {
      if (!isStale(error)) throw error;
      this.#iterator = undefined;
    } finally {
      // it goes on at the right place only where nothing was missed
      if (missed?.length !== 0) await this.close();
    }
    const last = missed?.at(-1)?.SequenceNumber;
    if (!missed || last === undefined) return;
    this.#position = { kind: "after", sequenceNumber: last };
    this.#left = missed;
  }
}

/** The events of one call of SubscribeToShard: one is always asked for, so that an end is seen when it comes. */
class Subscription {
  readonly #events: AsyncIterator<{ readonly SubscribeToShardEvent?: Event }>;
  readonly #abort: AbortController;
  readonly #arrived: () => void;
  #coming: Promise<Event | "over">;

  constructor(events: Events, abort: AbortController, arrived: () => void) {
    this.#events = events[Symbol.asyncIterator]() as AsyncIterator<{ readonly SubscribeToShardEvent?: Event }>;
    this.#abort = abort;
    this.#arrived = arrived;
    this.#coming = this.#ask();
  }

  async next(): Promise<Event | "nothing" | "over"> {
    // what is there comes in this turn of the event loop
    const event = await Promise.race([this.#coming, nextTurn("nothing" as const)]);
    if (event !== "nothing" && event !== "over") this.#coming = this.#ask();
    return event;
  }

  /** Others may subscribe when it resolves. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#coming.catch(() => undefined);
    await this.#events.return?.();
  }

  #ask(): Promise<Event | "over"> {
    const coming = this.#events
      .next()
      .then(({ done, value }) => (done === true ? "over" : ((value.SubscribeToShardEvent ?? {}) as Event)));
    void coming.then(this.#arrived, this.#arrived);
    return coming;
  }
}

/** What was trimmed is passed over; a position that only an iterator knew is as exact as the clock. */
function startOf(position: Position): StartingPosition {
  switch (position.kind) {
    case "after":
      return { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.sequenceNumber };
    case "timestamp":
    case "latest":
      return { Type: "AT_TIMESTAMP", Timestamp: new Date(position.atMs) };
    default:
      return { Type: "TRIM_HORIZON" };
  }
}
