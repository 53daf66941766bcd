import type { Operation } from "../index.ts";
import { objectHeaders, select } from "../object-output.ts";

/**
 * What GetObject would answer, without the body. Errors have none either.
 * @throws NoSuchBucket, NoSuchKey (404), InvalidRange (416), PreconditionFailed (412), NotModified (304)
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export const headObject: Operation<"HeadObject"> = (ctx, input) => objectHeaders(ctx, input, select(ctx, input));
