import type { Operation } from "../index.ts";
import { findStream } from "../resolve.ts";

/**
 * Deletes a stream with its shards and records. It is DELETING for an instant, then gone. There are no registered
 * consumers here, so EnforceConsumerDeletion has nothing to decide.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
 */
export const deleteStream: Operation<"DeleteStream"> = (ctx, input) => {
  const live = findStream(ctx, input);
  if (live.stream.transition?.type !== "delete") ctx.store.begin(live, { type: "delete" });
  return {};
};
