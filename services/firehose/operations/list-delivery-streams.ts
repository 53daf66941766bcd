import type { Operation } from "../index.ts";

const DEFAULT_LIMIT = 10;

/**
 * Lists streams by name.
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListDeliveryStreams.html
 */
export const listDeliveryStreams: Operation<"ListDeliveryStreams"> = (ctx, input) => {
  const { DeliveryStreamType: type, ExclusiveStartDeliveryStreamName: after, Limit: limit = DEFAULT_LIMIT } = input;
  const names: string[] = [];
  for (const stream of ctx.store.list(after)) {
    if (type !== undefined && stream.type !== type) continue;
    if (names.length === limit) return { DeliveryStreamNames: names, HasMoreDeliveryStreams: true };
    names.push(stream.name);
  }
  return { DeliveryStreamNames: names, HasMoreDeliveryStreams: false };
};
