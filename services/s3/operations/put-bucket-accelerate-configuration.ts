import { checkDocumentDigests } from "../document-digests.ts";
import { invalidRequest, malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Opens or closes the bucket's endpoint `BUCKET.s3-accelerate.localhost`. Here it is no faster than the other ones.
 * @throws NoSuchBucket, MalformedXML, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
 */
export const putBucketAccelerateConfiguration: Operation<"PutBucketAccelerateConfiguration"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (bucket.name.includes(".")) {
    throw invalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
  }
  const status: string | undefined = input.AccelerateConfiguration?.Status;
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  // what never was on cannot be suspended
  if (status === "Enabled" || bucket.acceleration !== undefined) {
    ctx.store.updateBucket({ ...bucket, acceleration: status });
  }
  return {};
};
