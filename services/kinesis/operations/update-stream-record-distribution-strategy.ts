import { unsupported } from "../../../emulator/model/errors.ts";
import { strategyProvisioned } from "../errors.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Records go to the shards of their partition keys: that is the only strategy here.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException for provisioned streams, NotImplemented for AUTO
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html
 */
export const updateStreamRecordDistributionStrategy: Operation<"UpdateStreamRecordDistributionStrategy"> = (
  ctx,
  input,
) => {
  const { stream } = activeStream(ctx, input);
  if (input.RecordDistributionStrategy !== "AUTO") return {};
  if (stream.mode === "PROVISIONED") throw strategyProvisioned(stream.name, ctx.account);
  throw unsupported("The record distribution strategy AUTO");
};
