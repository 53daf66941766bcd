import { countCall } from "../encryption.ts";
import { encryptionOfDirectPutOnly, streamNotActive } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Switches the encryption at rest off: DISABLING until the answer has been sent, then DISABLED.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, LimitExceededException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_StopDeliveryStreamEncryption.html
 */
export const stopDeliveryStreamEncryption: Operation<"StopDeliveryStreamEncryption"> = (ctx, input) => {
  const { DeliveryStreamName: name } = input;
  const stream = ctx.store.stream(name);
  if (stream.status !== "ACTIVE") throw streamNotActive(name, ctx.account, stream.status);
  if (stream.type !== "DirectPut") throw encryptionOfDirectPutOnly();
  const encryption = { ...stream.encryption, status: "DISABLING" as const };
  ctx.store.update(name, { encryption, encryptionCalls: countCall(stream, ctx.clock.now()) });
  ctx.engine.transit(ctx, name);
  return {};
};
