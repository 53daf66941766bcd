import type { Host } from "../../../emulator/model/context.ts";
import { fromNumber, toNumber } from "../hash-key.ts";
import { ON_DEMAND_SHARDS, onDemandShardLimit } from "../limits.ts";
import { HOUR_MS, type ReshardStep, type Shard, type Stream, type Transition } from "../model.ts";
import { scaleUniformly } from "../reshard.ts";
import type { LiveStream } from "../store.ts";
import { type Load, WRITTEN_BYTES_PER_SECOND, WRITTEN_RECORDS_PER_SECOND } from "./throughput.ts";

/**
 * The shards of on-demand streams: a stream is to take double of what was written to it in any minute of the last 30 days. So
 * a shard that took more than half of what it can for a minute is split in the middle, if the whole stream did or it stands out
 * in it, and what 30 days did not need is merged away.
 * @see https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
 */

const WINDOW_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_DAYS = 30;
/** So far beyond the half of its capacity a stream grows, and so far beyond the mean a shard by itself. */
const MARGIN = 1.05;
const UNEVEN = 1.5;

/** The most shards that were needed on a day (days since the epoch). */
export interface DailyNeed {
  readonly day: number;
  readonly shards: number;
}

interface Streams {
  list(): Iterable<Stream>;
  find(name: string): LiveStream | undefined;
  update(live: LiveStream, change: Partial<Stream>): void;
  begin(live: LiveStream, transition: Transition, change?: Partial<Stream>): void;
}

export class OnDemandCapacity {
  readonly #host: Pick<Host, "clock" | "scheduler">;
  readonly #streams: Streams;
  readonly #shardLimit: number;
  readonly #watched = new WeakSet<LiveStream>();

  constructor(host: Pick<Host, "clock" | "scheduler">, region: string, streams: Streams) {
    this.#host = host;
    this.#streams = streams;
    this.#shardLimit = onDemandShardLimit(region);
    host.scheduler.every(HOUR_MS, () => this.#shrinkAll());
  }

  /** Something is about to be written: what comes in within a minute from here on is looked at behind it. */
  written(live: LiveStream): void {
    if (this.#watched.has(live)) return;
    this.#watched.add(live);
    for (const shard of live.open) live.throughput.of(shard).takeLoad();
    this.#host.scheduler.after(WINDOW_MS, () => this.#review(live));
  }

  #review(live: LiveStream): void {
    this.#watched.delete(live);
    const { stream, open } = live;
    if (stream.mode !== "ON_DEMAND" || this.#streams.find(stream.name) !== live) return;
    const loads = open.map((shard) => ({ shard, ...utilization(live.throughput.of(shard).takeLoad()) }));
    const used = loads.reduce((sum, load) => sum + load.used, 0);
    const mean = used / open.length;
    // where the stream has double of what it takes, its shards are at a half, a little more or less
    const least = mean * 2 > MARGIN ? 0.5 : Math.max(0.5, mean * UNEVEN);
    const hot = loads.filter((load) => load.used > least && load.isMixed && middleOf(load.shard) !== undefined);
    const steps = hot.slice(0, Math.max(0, this.#shardLimit - open.length)).map(({ shard }): ReshardStep => {
      return { type: "split", shard: shard.number, at: middleOf(shard) as string };
    });
    const shards = Math.max(Math.ceil(used * 2), steps.length > 0 ? open.length + steps.length : 0);
    const needs = withNeed(stream.needs ?? [], { day: dayOf(this.#host.clock.now()), shards });
    // while another change is under way, the next minute will tell again what this one has
    if (steps.length > 0 && !stream.transition) this.#streams.begin(live, { type: "reshard", steps }, { needs });
    else if (needs !== stream.needs) this.#streams.update(live, { needs });
  }

  #shrinkAll(): void {
    for (const { name, mode, transition } of [...this.#streams.list()]) {
      const live = mode === "ON_DEMAND" && !transition ? this.#streams.find(name) : undefined;
      if (live) this.#shrink(live);
    }
  }

  #shrink(live: LiveStream): void {
    const { stream, open } = live;
    const since = dayOf(this.#host.clock.now()) - KEPT_DAYS;
    const needed = (stream.needs ?? []).filter(({ day }) => day >= since).map(({ shards }) => shards);
    const target = Math.max(ON_DEMAND_SHARDS, stream.warmThroughputMiBps ?? 0, ...needed);
    if (target >= open.length) return;
    this.#streams.begin(live, { type: "reshard", steps: scaleUniformly(open, target, stream.nextShardNumber) });
  }
}

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/** How much of what a shard can take was taken in a window: 1 is all of it. */
const utilization = ({ records, bytes, isMixed }: Load) => ({
  used: Math.max(records / WRITTEN_RECORDS_PER_SECOND, bytes / WRITTEN_BYTES_PER_SECOND) / (WINDOW_MS / 1000),
  isMixed,
});

/** The first hash key of the upper half; undefined for a range of a single key. */
function middleOf({ startingHashKey, endingHashKey }: Shard): string | undefined {
  const start = toNumber(startingHashKey);
  const size = toNumber(endingHashKey) - start + 1n;
  return size < 2n ? undefined : fromNumber(start + size / 2n);
}

/** The same list, unless the day needed more than is known of it; days that do not count any more are left out then. */
function withNeed(needs: readonly DailyNeed[], need: DailyNeed): readonly DailyNeed[] {
  const known = needs.find(({ day }) => day === need.day)?.shards ?? ON_DEMAND_SHARDS;
  if (need.shards <= known) return needs;
  return [...needs.filter(({ day }) => day !== need.day && day >= need.day - KEPT_DAYS), need];
}
