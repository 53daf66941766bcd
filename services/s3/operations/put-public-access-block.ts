import { checkDocumentDigests } from "../document-digests.ts";
import { malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * A setting that is not given is off.
 * @throws NoSuchBucket, MalformedXML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
 */
export const putPublicAccessBlock: Operation<"PutPublicAccessBlock"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const settings = input.PublicAccessBlockConfiguration;
  if (!settings) throw malformedXml();
  ctx.store.updateBucket({
    ...bucket,
    publicAccessBlock: {
      BlockPublicAcls: settings.BlockPublicAcls ?? false,
      IgnorePublicAcls: settings.IgnorePublicAcls ?? false,
      BlockPublicPolicy: settings.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: settings.RestrictPublicBuckets ?? false,
    },
  });
  return {};
};
