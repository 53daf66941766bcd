import { unsupported } from "../../../emulator/model/errors.ts";
import {
  shardCountMissing,
  shardCountOnDemand,
  strategyProvisioned,
  streamExists,
  tooManyCreating,
} from "../errors.ts";
import type { Operation } from "../index.ts";
import { CREATING_LIMIT, requireOnDemandStream, requireShards, usage } from "../limits.ts";
import { requireTags } from "../tags.ts";
import { requireWarmThroughput, warmShards } from "../capacity/warm-throughput.ts";

/**
 * Creates a stream. It is CREATING for an instant, then ACTIVE. Without a mode and a shard count it is ON_DEMAND, with
 * a shard count alone PROVISIONED.
 * @throws InvalidArgumentException, LimitExceededException, ResourceInUseException, ValidationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
 */
export const createStream: Operation<"CreateStream"> = (ctx, input) => {
  const { StreamName: name, ShardCount: count, Tags: tags = {} } = input;
  const mode = input.StreamModeDetails?.StreamMode ?? (count === undefined ? "ON_DEMAND" : "PROVISIONED");
  if (mode === "PROVISIONED" && count === undefined) throw shardCountMissing();
  if (mode === "ON_DEMAND" && count !== undefined) throw shardCountOnDemand();
  if (input.RecordDistributionStrategy === "AUTO") {
    if (mode === "PROVISIONED") throw strategyProvisioned(name, ctx.account);
    throw unsupported("The record distribution strategy AUTO");
  }
  const warmThroughputMiBps = input.WarmThroughputMiBps;
  requireWarmThroughput(ctx, mode, warmThroughputMiBps);
  requireTags(name, ctx.account, tags);

  if (ctx.store.find(name)) throw streamExists(name, ctx.account);
  if (usage(ctx).creating >= CREATING_LIMIT) throw tooManyCreating(ctx.account, CREATING_LIMIT);
  if (mode === "ON_DEMAND") requireOnDemandStream(ctx);
  else requireShards(ctx, count as number);

  const maxRecordSizeKiB = input.MaxRecordSizeInKiB ?? 1024;
  const shardCount = count ?? warmShards(warmThroughputMiBps);
  ctx.store.create({ name, mode, shardCount, warmThroughputMiBps, maxRecordSizeKiB, tags });
  return {};
};
