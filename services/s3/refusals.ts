import { ARCHIVES } from "./archive.ts";
import { headerNotSupported, invalidStorageClass } from "./errors.ts";

/** Members of a request that writes an object. Only their presence matters here. */
export interface RefusableInput {
  readonly ServerSideEncryption?: string;
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
/** Of other kinds of buckets. */
const ELSEWHERE = ["OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP"];
/** Refuses what an object cannot be written with. @throws AwsError */
export function refuseWriteHeaders(input: RefusableInput): void {
  refuseHeaders(input);
  const { ServerSideEncryption, StorageClass } = input;
  if (ServerSideEncryption !== undefined && !["AES256", "aws:kms"].includes(ServerSideEncryption)) {
    throw headerNotSupported("x-amz-server-side-encryption");
  }
  if (StorageClass !== undefined && !STORAGE_CLASSES.includes(StorageClass)) {
    throw ELSEWHERE.includes(StorageClass)
      ? headerNotSupported("x-amz-storage-class")
      : invalidStorageClass(StorageClass);
  }
}
