import { streamNotActive } from "../errors.ts";
import type { Operation } from "../index.ts";
import { mergeTags } from "../tags.ts";

/**
 * Adds tags to a stream; a key that is there gets the new value.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_TagDeliveryStream.html
 */
export const tagDeliveryStream: Operation<"TagDeliveryStream"> = (ctx, { DeliveryStreamName: name, Tags: added }) => {
  const { status, tags } = ctx.store.stream(name);
  if (status === "DELETING") throw streamNotActive(name, ctx.account, status);
  ctx.store.update(name, { tags: mergeTags(name, tags, added) });
  return {};
};
