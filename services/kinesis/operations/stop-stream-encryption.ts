import { checkKey } from "../encryption.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Ends the encryption of a stream.
 * @throws ResourceNotFoundException, ResourceInUseException, NotImplemented for other keys than AWS's own
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html
 */
export const stopStreamEncryption: Operation<"StopStreamEncryption"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  checkKey(input.KeyId);
  if (input.EncryptionType === "KMS") ctx.store.update(live, { encryptionKey: undefined });
  return {};
};
