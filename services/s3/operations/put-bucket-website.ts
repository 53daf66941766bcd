import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { checkWebsite } from "../website/configuration.ts";

/**
 * Makes the bucket a website, at `BUCKET.s3-website.localhost`.
 * @throws NoSuchBucket, MalformedXML, InvalidArgument, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html
 */
export const putBucketWebsite: Operation<"PutBucketWebsite"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  ctx.store.updateBucket({ ...bucket, website: checkWebsite(input.WebsiteConfiguration) });
  return {};
};
