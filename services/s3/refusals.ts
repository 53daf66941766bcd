import { ARCHIVES } from "./archive.ts";
import { headerNotSupported, invalidArgument, invalidStorageClass } from "./errors.ts";
import type { S3Context } from "./index.ts";

/** Members of a request that writes an object. Only their presence matters here. */
export interface RefusableInput {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly StorageClass?: string;
}

/** Headers behind which AWS has functionality that Headwater has not, by the member that they are bound to. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["IfMatchLastModifiedTime", "x-amz-if-match-last-modified-time"],
  ["IfMatchSize", "x-amz-if-match-size"],
  ["MFA", "x-amz-mfa"],
  ["ObjectLockEventHold", "x-amz-object-lock-event-hold"],
  ["ObjectLockEventHoldDurationDays", "x-amz-object-lock-event-hold-duration-days"],
  ["ObjectLockEventHoldDurationYears", "x-amz-object-lock-event-hold-duration-years"],
  ["SSEKMSEncryptionContext", "x-amz-server-side-encryption-context"],
  ["WriteOffsetBytes", "x-amz-write-offset-bytes"],
]);

/** @throws AwsError NotImplemented, by the header's name */
export function refuseHeaders(input: object): void {
  const members = input as Readonly<Record<string, unknown>>;
  for (const member in members) {
    const header = REFUSED.get(member);
    if (header !== undefined && members[member] !== undefined && members[member] !== false)
      throw headerNotSupported(header);
  }
}

/** Stored and answered; what they cost and how fast they are read has no meaning here. */
const STORAGE_CLASSES: readonly string[] = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  ...ARCHIVES,
];

const ENCRYPTION = "x-amz-server-side-encryption";
/** AWS's, and not ours. */
const OTHER_ENCRYPTIONS = ["aws:kms:dsse", "aws:fsx"];

function refuseEncryption({ ServerSideEncryption: method, SSEKMSKeyId }: RefusableInput): void {
  if (method !== undefined && OTHER_ENCRYPTIONS.includes(method)) throw headerNotSupported(ENCRYPTION);
  if (method !== undefined && method !== "AES256" && method !== "aws:kms") {
    throw invalidArgument("The encryption method specified is not supported", ENCRYPTION, method);
  }
  if (SSEKMSKeyId === undefined || method === "aws:kms") return;
  throw invalidArgument(
    `Server Side Encryption with AWS KMS managed key requires HTTP header ${ENCRYPTION} : aws:kms`,
    ENCRYPTION,
    method ?? "null",
  );
}

/** How an object is encrypted is said where it is written. @throws AwsError InvalidArgument */
export function refuseEncryptionOfRead({ request }: Pick<S3Context, "request">): void {
  const method = request?.headers[ENCRYPTION];
  if (method === undefined) return;
  throw invalidArgument(`${ENCRYPTION} header is not supported for this operation.`, ENCRYPTION, method);
}

/** Refuses what an object cannot be written with. @throws AwsError */
export function refuseWriteHeaders(input: RefusableInput): void {
  refuseHeaders(input);
  refuseEncryption(input);
  const { StorageClass } = input;
  if (StorageClass !== undefined && !STORAGE_CLASSES.includes(StorageClass)) {
    throw invalidStorageClass(StorageClass);
  }
}
