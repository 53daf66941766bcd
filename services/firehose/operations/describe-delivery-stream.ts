import { describeStream } from "../describe.ts";
import type { Operation } from "../index.ts";
import { DESTINATION_ID } from "../names.ts";

/**
 * Describes a stream and its one destination, which is left out behind an `ExclusiveStartDestinationId`.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html
 */
export const describeDeliveryStream: Operation<"DescribeDeliveryStream"> = (ctx, input) => {
  const stream = ctx.store.stream(input.DeliveryStreamName);
  const { ExclusiveStartDestinationId: after, Limit: limit = 1 } = input;
  const isBehind = after !== undefined && after >= DESTINATION_ID;
  return { DeliveryStreamDescription: describeStream(ctx, stream, limit >= 1 && !isBehind) };
};
