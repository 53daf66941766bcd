import { dryRun, shardDoesNotExist, shardNotFound, streamNotFound } from "../errors.ts";
import { anotherSubscription, consumerNotActive } from "../fan-out/errors.ts";
import { fanOutMetrics } from "../fan-out/metrics.ts";
import { findConsumer } from "../fan-out/resolve.ts";
import { subscriptionEvents } from "../fan-out/subscription-events.ts";
import type { Operation } from "../index.ts";
import { findShard } from "../resolve.ts";
import { shardNumber } from "../shard-id.ts";
import { positionAt } from "../starting-position.ts";

/**
 * Pushes the records of a shard to a consumer for up to five minutes. Another call for the same consumer and shard is refused for
 * five seconds; after them it takes the place of this one.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, DryRunOperationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
export const subscribeToShard: Operation<"SubscribeToShard"> = (ctx, input) => {
  const consumer = findConsumer(ctx, { ConsumerARN: input.ConsumerARN });
  if (consumer.transition) throw consumerNotActive(consumer, ctx.account);
  const live = ctx.store.find(consumer.stream);
  if (!live) throw streamNotFound(consumer.stream, ctx.account);
  const number = shardNumber(input.ShardId);
  if (number === undefined) throw shardNotFound(input.ShardId, consumer.stream, ctx.account);
  const shard = findShard(ctx, live, number);
  if (!shard) throw shardDoesNotExist(number, consumer.stream, ctx.account);
  const { Type, SequenceNumber, Timestamp } = input.StartingPosition;
  const position = positionAt(ctx, live, shard, {
    operation: "SubscribeToShard",
    type: Type,
    sequenceNumber: SequenceNumber,
    timestamp: Timestamp,
  });
  if (input.DryRun) throw dryRun();

  const now = ctx.clock.now();
  const inUse = anotherSubscription(consumer, number, ctx.account);
  const subscription = ctx.store.subscriptions.begin(input.ConsumerARN, number, now, inUse);
  fanOutMetrics(ctx, consumer).call(subscription !== undefined, now);
  if (!subscription) throw inUse;
  return { EventStream: subscriptionEvents(ctx, { subscription, consumer, live, shardNumber: number, position }) };
};
