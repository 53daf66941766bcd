import { expiredNextToken, invalidNextToken, streamNotFound, tokenWith } from "../errors.ts";
import type { Consumer } from "../fan-out/consumers.ts";
import { describeConsumer } from "../fan-out/describe.ts";
import type { Operation } from "../index.ts";
import { TOKEN_LIFETIME_MS } from "../model.ts";
import { findStream, wasCreatedAt } from "../resolve.ts";

const PAGE_SIZE = 100;

/**
 * The consumers of a stream by name, 100 a call. NextTokens are of the stream, and expire after 300 seconds.
 * @throws ResourceNotFoundException, InvalidArgumentException, ExpiredNextTokenException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html
 */
export const listStreamConsumers: Operation<"ListStreamConsumers"> = (ctx, input) => {
  const now = ctx.clock.now();
  const { stream } = findStream(ctx, input);
  let after: string | undefined;
  if (input.NextToken !== undefined) {
    if (input.StreamCreationTimestamp !== undefined) throw tokenWith("StreamCreationTimestamp");
    const token = ctx.store.tokens.open("list-stream-consumers", input.NextToken) as
      | [number, string, string]
      | undefined;
    if (token?.[1] !== stream.id) throw invalidNextToken();
    if (now - token[0] > TOKEN_LIFETIME_MS) throw expiredNextToken();
    after = token[2];
  }
  if (!wasCreatedAt(stream, input.StreamCreationTimestamp)) throw streamNotFound(stream.name, ctx.account);

  const limit = Math.min(input.MaxResults ?? PAGE_SIZE, PAGE_SIZE);
  const page: Consumer[] = [];
  let hasMore = false;
  for (const consumer of ctx.store.consumers.list(stream.name, after)) {
    hasMore = page.length === limit;
    if (hasMore) break;
    page.push(consumer);
  }
  return {
    Consumers: page.map((consumer) => describeConsumer(ctx.store.consumers, consumer)),
    ...(hasMore && { NextToken: ctx.store.tokens.seal("list-stream-consumers", [now, stream.id, page.at(-1)?.name]) }),
  };
};
