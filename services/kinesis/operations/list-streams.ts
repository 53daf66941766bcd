import { expiredNextToken, invalidNextToken } from "../errors.ts";
import type { Operation } from "../index.ts";
import { statusOf, TOKEN_LIFETIME_MS, type Stream } from "../model.ts";

const PAGE_SIZE = 100;

/**
 * The account's streams in this region by name, up to 100 a call, after `ExclusiveStartStreamName` or where `NextToken`
 * says.
 * @throws ExpiredNextTokenException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
 */
export const listStreams: Operation<"ListStreams"> = (ctx, input) => {
  const limit = Math.min(input.Limit ?? PAGE_SIZE, PAGE_SIZE);
  let after = input.ExclusiveStartStreamName;
  if (input.NextToken !== undefined) {
    const content = ctx.store.tokens.open("list-streams", input.NextToken) as
      | [createdAt: number, after: string]
      | undefined;
    if (!content) throw invalidNextToken();
    if (ctx.clock.now() - content[0] > TOKEN_LIFETIME_MS) throw expiredNextToken();
    after = content[1];
  }
  const page: Stream[] = [];
  let hasMore = false;
  for (const stream of ctx.store.list(after)) {
    hasMore = page.length === limit;
    if (hasMore) break;
    page.push(stream);
  }
  return {
    StreamNames: page.map(({ name }) => name),
    HasMoreStreams: hasMore,
    ...(hasMore && { NextToken: ctx.store.tokens.seal("list-streams", [ctx.clock.now(), page.at(-1)?.name]) }),
    StreamSummaries: page.map((stream) => ({
      StreamName: stream.name,
      StreamARN: ctx.store.arn(stream.name),
      StreamStatus: statusOf(stream),
      StreamModeDetails: { StreamMode: stream.mode },
      StreamCreationTimestamp: new Date(stream.createdAt),
    })),
  };
};
