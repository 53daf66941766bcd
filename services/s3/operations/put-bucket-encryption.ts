import { unsupported } from "../../../emulator/model/errors.ts";
import { isManagedKey } from "../../../emulator/model/managed-key.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import { invalidArgument, malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Takes SSE-S3, which every bucket has, and SSE-KMS with the key that AWS manages, in name. Keys of the customer's own are
 * refused: there is no KMS.
 * @throws NoSuchBucket, MalformedXML, InvalidArgument, NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
 */
export const putBucketEncryption: Operation<"PutBucketEncryption"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const [rule, ...others] = input.ServerSideEncryptionConfiguration?.Rules ?? [];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (!rule || others.length > 0 || !byDefault?.SSEAlgorithm) throw malformedXml();
  const algorithm: string = byDefault.SSEAlgorithm;
  const { KMSMasterKeyID: key } = byDefault;
  if (algorithm === "aws:kms:dsse") throw unsupported(`S3 encryption with ${algorithm}`);
  if (algorithm !== "AES256" && algorithm !== "aws:kms") throw malformedXml();
  if (algorithm === "aws:kms" && key !== undefined && !isManagedKey("s3", bucket, key)) {
    throw unsupported(`S3 encryption with the KMS key ${key}`);
  }
  if (algorithm === "AES256" && key !== undefined) {
    throw invalidArgument(
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      "ApplyServerSideEncryptionByDefault",
      undefined,
    );
  }
  if (rule.BlockedEncryptionTypes?.EncryptionType?.some((type) => type !== "NONE")) {
    throw unsupported("BlockedEncryptionTypes");
  }
  ctx.store.updateBucket({
    ...bucket,
    encryption: {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: algorithm,
        ...(key !== undefined && { KMSMasterKeyID: key }),
      },
      BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
    },
  });
  return {};
};
