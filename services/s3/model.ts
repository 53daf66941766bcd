import type {
  CORSRule,
  LifecycleRule,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
  Tag,
  Transition,
  TransitionDefaultMinimumObjectSize,
  WebsiteConfiguration,
} from "@aws-sdk/client-s3";

import type { LoggingTarget } from "./access-log/target.ts";
import type { Notification } from "./notification-rules.ts";

export type RetentionMode = "GOVERNANCE" | "COMPLIANCE";

/** How long the objects of a bucket are kept unless they are given a retention of their own: days or years. */
export interface LockDefault {
  readonly mode: RetentionMode;
  readonly days?: number;
  readonly years?: number;
}

export interface Retention {
  readonly mode: RetentionMode;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

/** What keeps a version from being removed. */
export interface ObjectLock {
  readonly retention?: Retention;
  /** Undefined: it never had one. */
  readonly legalHold?: "ON" | "OFF";
}

export type TagSet = { Key: string; Value: string }[];

/** A lifecycle rule as it is kept: dates are epoch milliseconds. */
export interface StoredRule extends Omit<LifecycleRule, "Expiration" | "Transitions"> {
  readonly Transitions?: readonly (Omit<Transition, "Date"> & { readonly dateMs?: number })[];
  readonly Expiration?: Omit<NonNullable<LifecycleRule["Expiration"]>, "Date"> & { readonly dateMs?: number };
}

export type Permission = "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";

/** An entry of an access control list. */
export interface Grant {
  /** A canonical user's id, or the URI of a group. */
  readonly to: string;
  readonly permission: Permission;
}

/** A configuration of request metrics. */
export interface StoredMetrics {
  readonly id: string;
  /** Of which objects; undefined: of all, and of listings too. */
  readonly filter?: { readonly prefix?: string; readonly tags?: TagSet };
}

export interface BucketRecord {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Made in eu-west-1 by its old name, which GetBucketLocation goes on to answer. */
  readonly isEu?: true;
  /** Epoch milliseconds. */
  readonly createdMs: number;
  readonly tags?: TagSet;
  /** As it was put, byte for byte. */
  readonly policy?: string;
  /** Undefined: the default of every bucket, SSE-S3. */
  readonly encryption?: ServerSideEncryptionRule;
  /** Undefined: it never had versioning. */
  readonly versioning?: "Enabled" | "Suspended";
  /** Undefined: it has no object lock. */
  readonly objectLock?: { readonly default?: LockDefault };
  readonly lifecycle?: readonly StoredRule[];
  readonly notifications?: readonly Notification[];
  /** Undefined: its requests are not logged. */
  readonly logging?: LoggingTarget;
  /** By id, at least one; undefined: nobody asked for metrics of its requests. */
  readonly metrics?: readonly StoredMetrics[];
  readonly transitionMinimumSize?: TransitionDefaultMinimumObjectSize;
  /** Undefined: all of them are on, as in every new bucket. */
  readonly publicAccessBlock?: PublicAccessBlockConfiguration | "removed";
  /** Undefined: BucketOwnerEnforced, as in every new bucket. Removed ones are like ObjectWriter. */
  readonly ownership?: "BucketOwnerPreferred" | "ObjectWriter" | "removed";
  /** Undefined: private. Counts where the ownership allows it. */
  readonly acl?: readonly Grant[];
  readonly cors?: readonly CORSRule[];
  readonly website?: WebsiteConfiguration;
  readonly requesterPays?: true;
  /** Undefined: it never was accelerated. */
  readonly acceleration?: "Enabled" | "Suspended";
}

export type ChecksumAlgorithm =
  | "CRC32"
  | "CRC32C"
  | "CRC64NVME"
  | "MD5"
  | "SHA1"
  | "SHA256"
  | "SHA512"
  | "XXHASH3"
  | "XXHASH64"
  | "XXHASH128";
export type ChecksumType = "COMPOSITE" | "FULL_OBJECT";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

/** Bytes that were received: in a table when they are few, else in a file. */
export interface StoredBody {
  readonly id: string;
  readonly inline: boolean;
  /** Of a body that is encrypted by a key of the customer's own: where its counter begins, in hexadecimal digits. */
  readonly iv?: string;
  readonly sizeBytes: number;
}

/** What a client says of an object beside its bytes. */
export interface ObjectProperties {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** As the client wrote it, be it a date or not. */
  readonly expires?: string;
  /** What earlier versions have kept of it: epoch milliseconds. */
  readonly expiresMs?: number;
  /** User metadata: keys in lower case, values in Unicode. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  /** Where a website sends whoever asks for the object. */
  readonly redirect?: string;
  /** Undefined: encrypted by SSE-S3. */
  readonly kms?: KmsEncryption;
  /** Encrypted by a key of the customer's own, which is not kept. */
  readonly customerKey?: CustomerKeyProof;
  /** The account that owns it; undefined: the bucket's. */
  readonly owner?: string;
  /** Undefined: private. */
  readonly acl?: readonly Grant[];
}

/** By what a key of the customer's own is known again. */
export interface CustomerKeyProof {
  readonly salt: string;
  readonly mac: string;
  readonly md5: string;
}

/** SSE-KMS with the key that AWS manages for S3, in name. */
export interface KmsEncryption {
  readonly keyArn: string;
  readonly bucketKey?: true;
}

/** Which version of its key something is; without `id` the null version. */
export interface VersionMark {
  readonly id?: string;
  /** Grows with every version of a key. */
  readonly order: number;
}

/** What takes the place of an object that is deleted in a bucket with versioning. */
export interface DeleteMarker {
  readonly isDeleteMarker: true;
  readonly version: VersionMark;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
}

/** Of an archived object: from when on, and until when, it is readable. Epoch milliseconds. */
export interface Restoration {
  readonly readyMs: number;
  readonly expiresMs: number;
}

export interface ObjectRecord extends ObjectProperties, ObjectLock {
  /** Undefined: it was put while the bucket never had versioning. */
  readonly version?: VersionMark;
  readonly sizeBytes: number;
  /** Without its quotes. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
  readonly checksum: Checksum;
  /** Undefined: nobody asked for it. */
  readonly restoration?: Restoration;
  readonly tags?: TagSet;
  /** Of an object that was put in one piece. */
  readonly body?: StoredBody;
  /** Of an object that a multipart upload made: its parts are kept under the upload's id. */
  readonly upload?: { readonly id: string; readonly partCount: number };
}

export interface UploadRecord extends ObjectProperties, ObjectLock {
  readonly id: string;
  readonly initiatedMs: number;
  /** What the key had when the upload began, as `identityOf` tells it; earlier builds did not say. */
  readonly over?: string;
  /** The account of whoever began it; undefined: the owner of the bucket. */
  readonly initiator?: string;
  readonly tags?: TagSet;
  /** Undefined: the client asked for none, and the object gets a CRC64NVME of its whole. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface PartRecord {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly body: StoredBody;
}

export interface Part extends PartRecord {
  readonly partNumber: number;
}

export type { Tag };

/** Bodies up to this size live in a table, larger ones in a file. */
export const INLINE_LIMIT_BYTES = 64 * 1024;
export const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PUT_BYTES = 5 * 1024 ** 3;
export const MAX_OBJECT_BYTES = 50 * 1024 ** 4;
export const MAX_PART_NUMBER = 10_000;
export const MAX_KEY_BYTES = 1024;
export const MAX_USER_METADATA_BYTES = 2048;
