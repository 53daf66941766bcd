import { streamNotActive } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a stream with what it has buffered. `AllowForceDelete` is about grants of KMS keys, of which there are none: it
 * changes nothing.
 * @throws ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeleteDeliveryStream.html
 */
export const deleteDeliveryStream: Operation<"DeleteDeliveryStream"> = (ctx, { DeliveryStreamName: name }) => {
  const { status } = ctx.store.stream(name);
  if (status === "CREATING") throw streamNotActive(name, ctx.account, status);
  ctx.store.update(name, { status: "DELETING" });
  ctx.engine.transit(ctx, name);
  return {};
};
