import type { Context } from "../../../emulator/model/context.ts";
import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { EventRow } from "../../../emulator/protocol/event-stream.ts";
import { writtenOutput } from "../../../emulator/protocol/written-output.ts";
import { childShards } from "../describe.ts";
import { shardDoesNotExist } from "../errors.ts";
import type { KinesisState } from "../index.ts";
import { isOpen, type Shard } from "../model.ts";
import type { Page } from "../record-log.ts";
import { findShard } from "../resolve.ts";
import { sequenceNumber } from "../sequence-number.ts";
import type { LiveStream } from "../store.ts";
import { READ_BYTES_PER_SECOND } from "../capacity/throughput.ts";
import type { Consumer } from "./consumers.ts";
import { fanOutMetrics } from "./metrics.ts";
import { LIFETIME_MS, READER_GRACE_MS, type Subscription } from "./subscriptions.ts";

type KinesisContext = Context<KinesisState>;
type EventStream = NonNullable<OutputOf<"kinesis", "SubscribeToShard">["EventStream"]>;
type SubscriptionEvent = EventStream extends AsyncIterable<infer E> ? E : never;

/** While there is nothing to read, an event without records says so. */
const IDLE_EVENT_MS = 5_000;
/** What one event carries at most; one record may be larger. */
const LIMIT = 10_000;
const LIMIT_BYTES = 1 << 20;
const SECOND_MS = 1_000;

/** What somebody has subscribed to. */
export interface Subscribed {
  readonly subscription: Subscription;
  readonly consumer: Consumer;
  readonly live: LiveStream;
  readonly shardNumber: number;
  /** Of the first record. */
  readonly position: number;
}

/**
 * The events of a subscription: records as they come, at the end of a closed shard its children. Whoever takes an event keeps the
 * next one from being read: there is never more than one in memory.
 * @throws AwsError when consumer, stream or shard are gone, or a later subscription has taken the place of this one
 */
export function subscriptionEvents(ctx: KinesisContext, of: Subscribed): EventRow<SubscriptionEvent> {
  const cut = new AbortController();
  return { [Symbol.asyncIterator]: () => events(ctx, of, cut), cut: cut.signal };
}

async function* events(ctx: KinesisContext, of: Subscribed, cut: AbortController): AsyncGenerator<SubscriptionEvent> {
  const { subscription, consumer, live, shardNumber } = of;
  const { ring, startedAt, ended } = subscription;
  const endsAt = startedAt + LIFETIME_MS;
  const metrics = fanOutMetrics(ctx, consumer);
  // the services of the emulator itself are given all that is there, as by GetRecords
  const pace = new Pace(ctx.store.limited && ctx.request !== undefined);
  let position = of.position;
  let saidAt = startedAt;
  const shardNow = () => findShard(ctx, live, shardNumber);
  const unlisten = ctx.signals.listen(`kinesis:${ctx.store.arn(consumer.stream)}`, () => {
    // it is the signal of all shards: what comes to the others must cost nothing here
    const shard = shardNow();
    if (!shard || !isOpen(shard) || ctx.store.end(live, shard) > position) ring();
  });
  ctx.signal.addEventListener("abort", ring);
  // as long as the reader does not take an event, nothing below is run: an end is looked at from outside
  const cutAfter = (ms: number) => ctx.scheduler.after(ms + READER_GRACE_MS, () => cut.abort());
  const cuts = [cutAfter(endsAt - ctx.clock.now())];
  ended.addEventListener("abort", () => cuts.push(cutAfter(0)));
  try {
    for (;;) {
      const now = ctx.clock.now();
      if (now < saidAt) {
        // the clock was set back
        saidAt = now;
        pace.reset();
      }
      ended.throwIfAborted();
      if (ctx.signal.aborted || now >= endsAt) return;
      const shard = shardNow();
      if (!shard) throw shardDoesNotExist(shardNumber, consumer.stream, ctx.account);
      let wakeAt = pace.nextAt;
      if (wakeAt <= now) {
        const page = ctx.store.read(live, shard, position, LIMIT, LIMIT_BYTES);
        const isAtEnd = page.count === 0 && !isOpen(shard);
        if (page.count > 0 || isAtEnd || now >= saidAt + IDLE_EVENT_MS) {
          position = page.next;
          saidAt = now;
          const event = eventOf(ctx, live, shard, page, isAtEnd, now);
          pace.take(page.bytes, now);
          metrics.event(page.count, page.bytes, event.MillisBehindLatest, now);
          yield { SubscribeToShardEvent: event };
          if (isAtEnd) return;
          continue;
        }
        wakeAt = saidAt + IDLE_EVENT_MS;
      }
      const timer = ctx.scheduler.after(Math.min(wakeAt, endsAt) - now, ring);
      await subscription.rung();
      timer.cancel();
    }
  } finally {
    for (const timer of cuts) timer.cancel();
    unlisten();
    ctx.signal.removeEventListener("abort", ring);
    // a mapping of AWS's takes longer to stop, and to begin again, than others are kept out for: ours does it at once
    if (!ctx.request) ctx.store.subscriptions.giveUp(ctx.store.consumers.arn(consumer), shardNumber, subscription);
  }
}

function eventOf(ctx: KinesisContext, live: LiveStream, shard: Shard, page: Page, isAtEnd: boolean, now: number) {
  const { next, lastArrival } = page;
  const isBehind = next < ctx.store.end(live, shard);
  const others = {
    // a reader goes on after this number: with the children where there is none
    ContinuationSequenceNumber: isAtEnd ? undefined : sequenceNumber(shard, Math.max(0, next - 1), lastArrival ?? now),
    MillisBehindLatest: isBehind && lastArrival !== undefined ? Math.max(0, now - lastArrival) : 0,
    ...(isAtEnd && { ChildShards: childShards(live, shard) }),
  };
  return writtenOutput(others, "Records", { json: page.items, value: () => page.list() });
}

/** 2 MiB a second; what flows in one second may come at once. */
class Pace {
  readonly #isLimited: boolean;
  #paidUntil = 0;

  constructor(isLimited: boolean) {
    this.#isLimited = isLimited;
  }

  /** When the next event may be read, in epoch milliseconds. */
  get nextAt(): number {
    return this.#paidUntil;
  }

  reset(): void {
    this.#paidUntil = 0;
  }

  take(bytes: number, now: number): void {
    if (!this.#isLimited) return;
    this.#paidUntil = Math.max(this.#paidUntil, now - SECOND_MS) + (bytes / READ_BYTES_PER_SECOND) * SECOND_MS;
  }
}
