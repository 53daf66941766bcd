import { limitTooHigh } from "../errors.ts";
import type { Operation } from "../index.ts";

const MOST_STREAMS = 100;

/**
 * The streams of a table, or of all tables, by pages. Those that were disabled are among them for a day.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
 */
export const listStreams: Operation<"ListStreams"> = (ctx, input) => {
  const { Limit: limit = MOST_STREAMS } = input;
  if (limit > MOST_STREAMS) throw limitTooHigh(limit, MOST_STREAMS);
  const Streams: { StreamArn: string; TableName: string; StreamLabel: string }[] = [];
  for (const { arn, tableName, label } of ctx.store.list(input.TableName, input.ExclusiveStartStreamArn)) {
    // one beyond the page says that there are more
    if (Streams.length === limit) return { Streams, LastEvaluatedStreamArn: Streams.at(-1)?.StreamArn };
    Streams.push({ StreamArn: arn, TableName: tableName, StreamLabel: label });
  }
  return { Streams };
};
