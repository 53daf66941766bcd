import { checkDocumentDigests } from "../document-digests.ts";
import { accessDenied } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkPolicy, isPublic } from "../policy.ts";
import { publicAccessBlockOf } from "../public-access-block.ts";

/**
 * Keeps the policy as it is given.
 * @throws NoSuchBucket, MalformedPolicy, AccessDenied for a public policy that BlockPublicPolicy forbids
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
export const putBucketPolicy: Operation<"PutBucketPolicy"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const policy = input.Policy ?? "";
  const statements = checkPolicy(policy, bucket.name);
  if (publicAccessBlockOf(bucket)?.BlockPublicPolicy && isPublic(statements)) {
    throw accessDenied(
      `User: ${ctx.principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: ` +
        `"arn:aws:s3:::${bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
  }
  ctx.store.updateBucket({ ...bucket, policy });
  ctx.response.status = 204;
  return {};
};
