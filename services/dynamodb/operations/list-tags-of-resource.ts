import type { Operation } from "../index.ts";
import { taggedResource } from "../tags.ts";

const PAGE = 10;

/**
 * The tags of a table or a stream, ten to a page.
 * @throws ResourceNotFoundException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
 */
export const listTagsOfResource: Operation<"ListTagsOfResource"> = (ctx, input) => {
  const { tags } = taggedResource(ctx, input.ResourceArn);
  const keys = Object.keys(tags).toSorted();
  // the token is the last key of the page before
  const rest = input.NextToken === undefined ? keys : keys.filter((key) => key > String(input.NextToken));
  const page = rest.slice(0, PAGE);
  return {
    Tags: page.map((Key) => ({ Key, Value: tags[Key] ?? "" })),
    ...(rest.length > PAGE && { NextToken: page.at(-1) }),
  };
};
