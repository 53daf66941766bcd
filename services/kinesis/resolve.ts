import type { Context } from "../../emulator/model/context.ts";
import { noStreamGiven, shardNotFound, streamMismatch, streamNotActive, streamNotFound } from "./errors.ts";
import type { KinesisState } from "./index.ts";
import { horizonOf, isExpired, type Shard, statusOf, type Stream } from "./model.ts";
import type { RecordBatch } from "./record-batch.ts";
import { shardId, shardNumber } from "./shard-id.ts";
import type { LiveStream } from "./store.ts";

/** How every operation says which stream it means. */
interface StreamChoice {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

type KinesisContext = Context<KinesisState>;

/**
 * The name of the stream that is meant. A stream of another account, region or partition is none that can be found here:
 * sharing one takes a resource policy.
 */
export function streamName(ctx: KinesisContext, { StreamName: name, StreamARN: arn }: StreamChoice): string {
  if (arn === undefined) {
    if (name === undefined) throw noStreamGiven();
    return name;
  }
  const [, , , , account = "", resource = ""] = arn.split(":");
  const arnName = resource.slice(resource.indexOf("/") + 1);
  if (name !== undefined && name !== arnName) throw streamMismatch(name, arn);
  // to the letter, as policies compare it: another partition's is none of ours either
  if (arn !== ctx.store.arn(arnName)) throw streamNotFound(arnName, account);
  return arnName;
}

/** @throws ResourceNotFoundException */
export function findStream(ctx: KinesisContext, choice: StreamChoice): LiveStream {
  const name = streamName(ctx, choice);
  const live = ctx.store.find(name);
  if (!live) throw streamNotFound(name, ctx.account);
  return live;
}

/** @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE */
export function activeStream(ctx: KinesisContext, choice: StreamChoice): LiveStream {
  const live = findStream(ctx, choice);
  requireActive(ctx, live);
  return live;
}

export function requireActive(ctx: KinesisContext, { stream }: LiveStream): void {
  const status = statusOf(stream);
  if (status !== "ACTIVE") throw streamNotActive(stream.name, ctx.account, status);
}

/** A stream that takes records: it is not found while it is CREATING or DELETING. */
export function writableStream(ctx: KinesisContext, choice: StreamChoice): LiveStream {
  const live = findStream(ctx, choice);
  const type = live.stream.transition?.type;
  if (type === "create" || type === "delete") throw streamNotFound(live.stream.name, ctx.account);
  return live;
}

/** A shard by its number; undefined when it has expired, too. */
export function findShard(ctx: KinesisContext, { stream, shards }: LiveStream, number: number): Shard | undefined {
  const shard = shards.find((candidate) => candidate.number === number);
  return shard && isExpired(shard, horizonOf(stream, ctx.clock.now())) ? undefined : shard;
}

/** The id of the open shard that a record goes to. */
export const ownerOf = ({ open }: LiveStream, batch: RecordBatch, place: number): string =>
  shardId((open[batch.rangeIndex(place, open)] as Shard).number);

/** The number behind which a listing of shards begins: all of them without an id. @throws ResourceNotFoundException */
export function startAfter(ctx: KinesisContext, stream: string, id: string | undefined): number {
  const number = id === undefined ? -1 : shardNumber(id);
  if (number === undefined) throw shardNotFound(id as string, stream, ctx.account);
  return number;
}

/** Tells a stream from others of its name. Clients that print the time in seconds must find theirs again. */
export const wasCreatedAt = (stream: Stream, timestamp: Date | undefined): boolean =>
  timestamp === undefined || Math.floor(timestamp.getTime() / 1000) === Math.floor(stream.createdAt / 1000);
