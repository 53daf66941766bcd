import { limitExceeded, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkTags, MOST_TAGS, taggedTable } from "../tags.ts";

/**
 * Adds tags to a table, over those of the same keys.
 * @throws ResourceNotFoundException, ValidationException, LimitExceededException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  if (input.Tags.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  checkTags(input.Tags);
  const table = taggedTable(ctx, input.ResourceArn);
  const tags = { ...table.tags, ...Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) throw limitExceeded(`Too many tags: a table has at most ${MOST_TAGS}`);
  ctx.store.putTable({ ...table, tags });
  return {};
};
