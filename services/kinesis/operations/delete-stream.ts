import { streamHasConsumers } from "../fan-out/errors.ts";
import type { Operation } from "../index.ts";
import { findStream } from "../resolve.ts";

/**
 * Deletes a stream with its shards and records. It is DELETING for an instant, then gone. Registered consumers are
 * deleted with it where EnforceConsumerDeletion says so, else they keep it.
 * @throws ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
 */
export const deleteStream: Operation<"DeleteStream"> = (ctx, input) => {
  const live = findStream(ctx, input);
  const { name } = live.stream;
  if (!input.EnforceConsumerDeletion && ctx.store.consumers.count(name) > 0)
    throw streamHasConsumers(name, ctx.account);
  if (live.stream.transition?.type !== "delete") ctx.store.begin(live, { type: "delete" });
  return {};
};
