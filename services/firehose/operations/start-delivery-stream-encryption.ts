import { countCall, enabling } from "../encryption.ts";
import { streamNotActive } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Switches the encryption at rest on: ENABLING until the answer has been sent, then ENABLED. It is shown, not done.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, LimitExceededException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_StartDeliveryStreamEncryption.html
 */
export const startDeliveryStreamEncryption: Operation<"StartDeliveryStreamEncryption"> = (ctx, input) => {
  const { DeliveryStreamName: name, DeliveryStreamEncryptionConfigurationInput: given } = input;
  const stream = ctx.store.stream(name);
  if (stream.status !== "ACTIVE") throw streamNotActive(name, ctx.account, stream.status);
  const encryption = enabling(given, stream.type);
  ctx.store.update(name, { encryption, encryptionCalls: countCall(stream, ctx.clock.now()) });
  ctx.engine.transit(ctx, name);
  return {};
};
