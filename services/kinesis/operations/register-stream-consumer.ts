import { describeConsumer } from "../fan-out/describe.ts";
import { consumerExists, tooManyConsumers, tooManyCreatingConsumers } from "../fan-out/errors.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";
import { requireTags } from "../tags.ts";

/** @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const CONSUMERS_PER_STREAM = 20;
/** Of an on-demand stream, in an account that has committed itself (On-demand Advantage). */
const COMMITTED_CONSUMERS_PER_STREAM = 50;
const CREATING_AT_ONCE = 5;

/**
 * Registers a consumer of a stream for enhanced fan-out. It is CREATING for an instant, then ACTIVE.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
 */
export const registerStreamConsumer: Operation<"RegisterStreamConsumer"> = (ctx, input) => {
  const { ConsumerName: name, Tags: tags = {} } = input;
  const { consumers } = ctx.store;
  const { stream } = activeStream(ctx, input);
  requireTags(stream.name, ctx.account, tags);
  if (consumers.find(stream.name, name)) throw consumerExists(name, stream.name, ctx.account);
  const isCommitted = stream.mode === "ON_DEMAND" && ctx.store.account.isCommitted;
  const limit = isCommitted ? COMMITTED_CONSUMERS_PER_STREAM : CONSUMERS_PER_STREAM;
  if (consumers.count(stream.name) >= limit) throw tooManyConsumers(stream.name, ctx.account, limit);
  if (consumers.creating() >= CREATING_AT_ONCE) throw tooManyCreatingConsumers(ctx.account, CREATING_AT_ONCE);
  return { Consumer: describeConsumer(consumers, consumers.register(stream.name, name, tags)) };
};
