import type { Context } from "../../emulator/model/context.ts";
import { retentionTooLong, retentionTooShort } from "./errors.ts";
import type { KinesisState } from "./index.ts";
import { horizonOf } from "./model.ts";
import type { LiveStream } from "./store.ts";

/** A day to a year. */
const SHORTEST_HOURS = 24;
const LONGEST_HOURS = 8760;

/** @throws InvalidArgumentException */
export function requireRetention(hours: number): void {
  if (hours < SHORTEST_HOURS) throw retentionTooShort(hours);
  if (hours > LONGEST_HOURS) throw retentionTooLong(hours);
}

/** What has expired by now stays so. */
export function setRetention(ctx: Context<KinesisState>, live: LiveStream, retentionHours: number): void {
  ctx.store.update(live, { retentionHours, expiredBefore: horizonOf(live.stream, ctx.clock.now()) });
}
