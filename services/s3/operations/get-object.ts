import { checkReadable } from "../archive.ts";
import type { Operation } from "../index.ts";
import { objectHeaders, select } from "../object-output.ts";

/**
 * An object, a range of it, or one of its parts. What is being read stays readable to the end, even if the object is
 * replaced or deleted meanwhile.
 * @throws NoSuchBucket, NoSuchKey, InvalidObjectState, InvalidRange, InvalidPartNumber, PreconditionFailed, NotModified (304)
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export const getObject: Operation<"GetObject"> = (ctx, input) => {
  const selection = select(ctx, input);
  const { record, range, key } = selection;
  checkReadable(record, ctx.clock.now());
  const headers = objectHeaders(ctx, input, selection);
  // not by a spread, which costs as much as reading the record
  return Object.assign(headers, { Body: ctx.store.readObject(record, range.start, range.end, key) });
};
