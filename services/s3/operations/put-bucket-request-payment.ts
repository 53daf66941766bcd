import { checkDocumentDigests } from "../document-digests.ts";
import { malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Says who pays for requests. Where it is the requester, other accounts have to say so, and strangers are refused.
 * @throws NoSuchBucket, MalformedXML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html
 */
export const putBucketRequestPayment: Operation<"PutBucketRequestPayment"> = (ctx, input) => {
  const { requesterPays: _before, ...bucket } = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const payer: string | undefined = input.RequestPaymentConfiguration?.Payer;
  if (payer !== "Requester" && payer !== "BucketOwner") throw malformedXml();
  ctx.store.updateBucket({ ...bucket, ...(payer === "Requester" && { requesterPays: true }) });
  return {};
};
