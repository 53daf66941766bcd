import type { Context } from "../../../emulator/model/context.ts";
import { warmThroughputProvisioned, warmThroughputTooHigh, warmThroughputWithoutCommitment } from "./errors.ts";
import type { KinesisState } from "../index.ts";
import { ON_DEMAND_SHARDS } from "../limits.ts";
import type { StreamMode } from "../model.ts";
import type { LiveStream } from "../store.ts";

const MOST_MIB_PER_SECOND = 10 * 1024;

/** @throws ValidationException, InvalidArgumentException */
export function requireWarmThroughput(ctx: Context<KinesisState>, mode: StreamMode, target: number | undefined): void {
  if (target === undefined) return;
  if (mode !== "ON_DEMAND") throw warmThroughputProvisioned();
  if (!ctx.store.account.isCommitted) throw warmThroughputWithoutCommitment(ctx.account);
  if (target > MOST_MIB_PER_SECOND) throw warmThroughputTooHigh(target, MOST_MIB_PER_SECOND);
}

/** A shard takes 1 MiB/s. */
export const warmShards = (target: number | undefined): number => Math.max(ON_DEMAND_SHARDS, target ?? 0);

/** Of on-demand streams, in accounts that have committed themselves. */
export function warmThroughput(ctx: Context<KinesisState>, { stream, open }: LiveStream) {
  if (stream.mode !== "ON_DEMAND" || !ctx.store.account.isCommitted) return undefined;
  return { TargetMiBps: stream.warmThroughputMiBps ?? open.length, CurrentMiBps: open.length };
}
