import { consumerArnNotFound } from "../fan-out/errors.ts";
import { findConsumer } from "../fan-out/resolve.ts";
import type { Operation } from "../index.ts";

/**
 * Removes a consumer and its policy; what it is subscribed to ends. It is DELETING for an instant, then gone.
 * @throws ResourceNotFoundException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html
 */
export const deregisterStreamConsumer: Operation<"DeregisterStreamConsumer"> = (ctx, input) => {
  const consumer = findConsumer(ctx, input);
  const arn = ctx.store.consumers.arn(consumer);
  ctx.store.consumers.deregister(consumer);
  ctx.store.policies.remove(arn);
  ctx.store.subscriptions.end(arn, consumerArnNotFound(arn));
  return {};
};
