import { createHash } from "node:crypto";
import type { Context } from "../../emulator/model/context.ts";
import { headerNotSupported } from "./errors.ts";
import { proofOf, type CustomerKey } from "./customer-key.ts";
import type { BucketRecord, CustomerKeyProof, KmsEncryption } from "./model.ts";

/** Names of the key that AWS manages for S3. There is no KMS here, so it is the only one. */
const MANAGED_ALIASES = ["aws/s3", "alias/aws/s3"];

/** The ARN of the key that AWS manages for S3 in an account and region: always the same one. */
export function managedKeyArn(account: string, region: string): string {
  const hex = createHash("sha256").update(`aws/s3 of ${account} in ${region}`).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `arn:aws:kms:${region}:${account}:key/${uuid.join("-")}`;
}

export const isManagedKey = (key: string, { account, region }: Pick<BucketRecord, "account" | "region">): boolean => {
  const arn = managedKeyArn(account, region);
  return MANAGED_ALIASES.includes(key) || key === arn || arn.endsWith(`key/${key}`) || key.endsWith(":alias/aws/s3");
};

export interface EncryptionInput {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

/**
 * How an object is encrypted, in name: as the request says, else as the bucket says. Undefined: by SSE-S3.
 * @throws AwsError NotImplemented for keys of the customer's own
 */
export function encryptionFor(bucket: BucketRecord, input: EncryptionInput): KmsEncryption | undefined {
  const { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: bucketDefault } = bucket.encryption ?? {};
  const algorithm = input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? "AES256";
  if (input.SSEKMSKeyId !== undefined && !isManagedKey(input.SSEKMSKeyId, bucket)) {
    throw headerNotSupported("x-amz-server-side-encryption-aws-kms-key-id");
  }
  if (algorithm !== "aws:kms") return undefined;
  const bucketKey = input.BucketKeyEnabled ?? bucketDefault ?? false;
  return { keyArn: managedKeyArn(bucket.account, bucket.region), ...(bucketKey && { bucketKey }) };
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
