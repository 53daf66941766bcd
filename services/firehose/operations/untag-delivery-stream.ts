import { streamNotActive } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Removes tags from a stream; a key that is not there is no error.
 * @throws ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_UntagDeliveryStream.html
 */
export const untagDeliveryStream: Operation<"UntagDeliveryStream"> = (ctx, input) => {
  const { DeliveryStreamName: name, TagKeys: keys } = input;
  const { status, tags } = ctx.store.stream(name);
  if (status === "DELETING") throw streamNotActive(name, ctx.account, status);
  ctx.store.update(name, { tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))) });
  return {};
};
