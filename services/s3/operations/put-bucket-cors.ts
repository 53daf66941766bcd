import { checkCorsRules } from "../cors-rules.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";

/**
 * Puts rules in the place of those that the bucket has: which pages of other origins may do what with it.
 * @throws NoSuchBucket, MalformedXML, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
 */
export const putBucketCors: Operation<"PutBucketCors"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const given: Partial<typeof input.CORSConfiguration> = input.CORSConfiguration ?? {};
  ctx.store.updateBucket({ ...bucket, cors: checkCorsRules(given.CORSRules) });
  return {};
};
