import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Sets the largest record that the stream takes, 1 to 10 MiB.
 * @throws ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
 */
export const updateMaxRecordSize: Operation<"UpdateMaxRecordSize"> = (ctx, input) => {
  ctx.store.update(activeStream(ctx, input), { maxRecordSizeKiB: input.MaxRecordSizeInKiB });
  return {};
};
