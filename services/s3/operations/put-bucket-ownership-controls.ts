import { unsupported } from "../../../emulator/model/errors.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import { malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";

const OTHERS = ["BucketOwnerPreferred", "ObjectWriter"];

/**
 * Takes what every bucket has. Objects that belong to others, and with them ACLs, are refused.
 * @throws NoSuchBucket, MalformedXML, NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html
 */
export const putBucketOwnershipControls: Operation<"PutBucketOwnershipControls"> = (ctx, input) => {
  ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const rules: readonly { ObjectOwnership?: string }[] = input.OwnershipControls?.Rules ?? [];
  const ownership = rules[0]?.ObjectOwnership;
  if (ownership !== undefined && OTHERS.includes(ownership)) throw unsupported(`The object ownership ${ownership}`);
  if (rules.length !== 1 || ownership !== "BucketOwnerEnforced") throw malformedXml();
  return {};
};
