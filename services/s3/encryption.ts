import type { Context } from "../../emulator/model/context.ts";
import { isManagedKey, managedKeyArn } from "../../emulator/model/managed-key.ts";
import { headerNotSupported } from "./errors.ts";
import { proofOf, type CustomerKey } from "./customer-key.ts";
import type { BucketRecord, CustomerKeyProof, KmsEncryption } from "./model.ts";

export interface EncryptionInput {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

/**
 * How an object is encrypted, in name: as the request says, else as the bucket says. Undefined: by SSE-S3.
 * @throws AwsError NotImplemented for keys of the customer's own
 */
function encryptionFor(bucket: BucketRecord, input: EncryptionInput): KmsEncryption | undefined {
  const { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: bucketDefault } = bucket.encryption ?? {};
  const algorithm = input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? "AES256";
  if (input.SSEKMSKeyId !== undefined && !isManagedKey("s3", bucket, input.SSEKMSKeyId)) {
    throw headerNotSupported("x-amz-server-side-encryption-aws-kms-key-id");
  }
  if (algorithm !== "aws:kms") return undefined;
  const bucketKey = input.BucketKeyEnabled ?? bucketDefault ?? false;
  return { keyArn: managedKeyArn("s3", bucket), ...(bucketKey && { bucketKey }) };
}

/** The same as members of an object's properties; a key of the customer's own goes before what the bucket says. */
export function encryptionOf(
  { ids }: Pick<Context, "ids">,
  bucket: BucketRecord,
  input: EncryptionInput,
  key: CustomerKey | undefined,
): { kms?: KmsEncryption; customerKey?: CustomerKeyProof } {
  if (key) return proofOf(ids, key);
  const kms = encryptionFor(bucket, input);
  return kms ? { kms } : {};
}

/** What answers say of an object's encryption. */
export const encryptionMembers = ({
  kms,
  customerKey,
}: {
  readonly kms?: KmsEncryption;
  readonly customerKey?: CustomerKeyProof;
}) =>
  customerKey
    ? { SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: customerKey.md5 }
    : kms
      ? {
          ServerSideEncryption: "aws:kms" as const,
          SSEKMSKeyId: kms.keyArn,
          ...(kms.bucketKey && { BucketKeyEnabled: true }),
        }
      : { ServerSideEncryption: "AES256" as const };
