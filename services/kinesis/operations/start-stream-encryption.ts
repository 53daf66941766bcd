import { checkKey } from "../encryption.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Encrypts a stream with the key that AWS manages for Kinesis, in name.
 * @throws ResourceNotFoundException, ResourceInUseException, NotImplemented for other keys
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
 */
export const startStreamEncryption: Operation<"StartStreamEncryption"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  checkKey(input.KeyId);
  // KMS is the only type that the constraints let through beside NONE, which Stop stands for
  ctx.store.update(live, { encryptionKey: input.EncryptionType === "KMS" ? input.KeyId : undefined });
  return {};
};
