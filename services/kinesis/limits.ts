import type { Context } from "../../emulator/model/context.ts";
import { shardLimitExceeded, tooManyOnDemandStreams } from "./errors.ts";
import type { KinesisState } from "./index.ts";
import type { Stream } from "./model.ts";

/**
 * The quotas of an account in a region.
 * @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
const LARGE_REGIONS: readonly string[] = ["us-east-1", "us-west-2", "eu-west-1"];
export const shardLimit = (region: string): number => (LARGE_REGIONS.includes(region) ? 20_000 : 1_000);
export const ON_DEMAND_STREAM_LIMIT = 50;
/** An on-demand stream grows to 10 GB/s in the large regions, and to 200 MB/s elsewhere: a shard takes 1 MiB/s. */
export const onDemandShardLimit = (region: string): number => (LARGE_REGIONS.includes(region) ? 10_240 : 200);
export const CREATING_LIMIT = 5;
export const ON_DEMAND_SHARDS = 4;
export const SHARDS_PER_STREAM_LIMIT = 10_000;
export const TAG_LIMIT = 50;

const DAY_MS = 86_400_000;

export interface Usage {
  /** Open shards of PROVISIONED streams, those of streams in creation included. */
  readonly openShards: number;
  readonly onDemandStreams: number;
  readonly creating: number;
}

export function usage(ctx: Context<KinesisState>): Usage {
  let openShards = 0;
  let onDemandStreams = 0;
  let creating = 0;
  for (const { name, mode, transition } of ctx.store.list()) {
    if (transition?.type === "create") creating++;
    if (mode === "ON_DEMAND") onDemandStreams++;
    else if (transition?.type === "create") openShards += transition.shardCount;
    else openShards += ctx.store.find(name)?.open.length ?? 0;
  }
  return { openShards, onDemandStreams, creating };
}

/** @throws LimitExceededException when the account may not have so many shards more */
export function requireShards(ctx: Context<KinesisState>, additional: number): void {
  const { openShards } = usage(ctx);
  const limit = shardLimit(ctx.region);
  if (openShards + additional > limit) throw shardLimitExceeded(ctx, openShards, limit, additional);
}

/** @throws LimitExceededException when the account may not have one more on-demand stream */
export function requireOnDemandStream(ctx: Context<KinesisState>): void {
  const { onDemandStreams } = usage(ctx);
  if (onDemandStreams >= ON_DEMAND_STREAM_LIMIT) {
    throw tooManyOnDemandStreams(ctx, onDemandStreams, ON_DEMAND_STREAM_LIMIT);
  }
}

/** The times of the last 24 hours. */
export const lastDay = (times: Stream["scalings"], now: number): number[] =>
  times.filter((time) => time > now - DAY_MS);
