import { describeConsumer } from "../fan-out/describe.ts";
import { findConsumer } from "../fan-out/resolve.ts";
import type { Operation } from "../index.ts";

/**
 * A consumer, by its ARN or by its stream and name.
 * @throws ResourceNotFoundException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
 */
export const describeStreamConsumer: Operation<"DescribeStreamConsumer"> = (ctx, input) => {
  const consumer = findConsumer(ctx, input);
  const StreamARN = ctx.store.arn(consumer.stream);
  return { ConsumerDescription: { ...describeConsumer(ctx.store.consumers, consumer), StreamARN } };
};
