import type * as sdk from "@aws-sdk/client-kinesis";
import { describeShard, unexpiredShards } from "../describe.ts";
import {
  expiredNextToken,
  filterWithStart,
  invalidNextToken,
  shardFilterForbids,
  shardFilterNeeds,
  streamNotFound,
  tokenWith,
} from "../errors.ts";
import type { Operation } from "../index.ts";
import { horizonOf, isOpen, TOKEN_LIFETIME_MS, type Shard } from "../model.ts";
import { startAfter, streamName, wasCreatedAt } from "../resolve.ts";
import type { LiveStream } from "../store.ts";

const PAGE_SIZE = 1000;

/** A NextToken says all of this itself. */
const EXCLUDED_BY_TOKEN = [
  "StreamName",
  "StreamARN",
  "StreamCreationTimestamp",
  "ExclusiveStartShardId",
  "ShardFilter",
] as const;

type Run = Operation<"ListShards">;
type Context = Parameters<Run>[0];
type Input = Parameters<Run>[1];
type FilterType = sdk.ShardFilterType;

/** What a listing goes on with: sealed in its NextToken. */
interface Listing {
  readonly name: string;
  readonly after: number;
  readonly type: FilterType;
  readonly timestamp?: number;
}

/**
 * Lists shards, 1,000 a call. NextTokens carry the stream and the filter, and expire after 300 seconds.
 * @throws ResourceNotFoundException, InvalidArgumentException, ExpiredNextTokenException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
 */
export const listShards: Run = (ctx, input) => {
  const now = ctx.clock.now();
  let listing: Listing;
  if (input.NextToken === undefined) {
    listing = startOf(ctx, input);
  } else {
    for (const member of EXCLUDED_BY_TOKEN) {
      if (input[member] !== undefined) throw tokenWith(member);
    }
    const content = ctx.store.tokens.open("list-shards", input.NextToken) as [createdAt: number, Listing] | undefined;
    if (!content) throw invalidNextToken();
    if (now - content[0] > TOKEN_LIFETIME_MS) throw expiredNextToken();
    listing = content[1];
  }
  const live = ctx.store.find(listing.name);
  if (!live || !wasCreatedAt(live.stream, input.StreamCreationTimestamp)) {
    throw streamNotFound(listing.name, ctx.account);
  }
  const shards = filtered(live, listing, now).filter((shard) => shard.number > listing.after);
  const page = shards.slice(0, Math.min(input.MaxResults ?? PAGE_SIZE, PAGE_SIZE));
  const rest = { ...listing, after: page.at(-1)?.number };
  return {
    Shards: page.map(describeShard),
    ...(page.length < shards.length && { NextToken: ctx.store.tokens.seal("list-shards", [now, rest]) }),
  };
};

/** Where a listing begins and what it selects. @throws InvalidArgumentException, ResourceNotFoundException */
function startOf(ctx: Context, input: Input): Listing {
  const name = streamName(ctx, input);
  const filter = input.ShardFilter;
  const start = input.ExclusiveStartShardId;
  if (filter?.Type === undefined) {
    return { name, after: startAfter(ctx, name, start), type: "FROM_TRIM_HORIZON" };
  }
  if (start !== undefined) throw filterWithStart();
  const type = filter.Type;
  const takesTimestamp = type === "AT_TIMESTAMP" || type === "FROM_TIMESTAMP";
  if (takesTimestamp && filter.Timestamp === undefined) throw shardFilterNeeds(type, "Timestamp");
  if (!takesTimestamp && filter.Timestamp !== undefined) throw shardFilterForbids(type, "Timestamp");
  const takesShardId = type === "AFTER_SHARD_ID";
  if (takesShardId && filter.ShardId === undefined) throw shardFilterNeeds(type, "ShardId");
  if (!takesShardId && filter.ShardId !== undefined) throw shardFilterForbids(type, "ShardId");
  return {
    name,
    after: startAfter(ctx, name, filter.ShardId),
    type,
    ...(filter.Timestamp && { timestamp: filter.Timestamp.getTime() }),
  };
}

const isFirst = ({ parent }: Shard): boolean => parent === undefined;

/** What a filter selects. Those of a point in time cover the hash keys once. */
function filtered(live: LiveStream, { type, timestamp = 0 }: Listing, now: number): Shard[] {
  const shards = unexpiredShards(live, now);
  // the trim horizon of a young stream is its beginning
  const horizon = Math.max(horizonOf(live.stream, now), Math.min(...shards.map((shard) => shard.openedAt)));
  const time = Math.max(timestamp, horizon);
  const endsSince = (from: number) => (shard: Shard) => shard.closedAt === undefined || shard.closedAt >= from;
  switch (type) {
    case "AT_LATEST":
      return shards.filter(isOpen);
    case "AT_TRIM_HORIZON":
    case "AT_TIMESTAMP":
      // at the time of a change the parents, whose last records may have come then: its children are found through them
      return shards.filter((shard) => endsSince(time)(shard) && (isFirst(shard) || shard.openedAt < time));
    case "FROM_TIMESTAMP":
      return shards.filter(endsSince(time));
    default:
      return shards;
  }
}
