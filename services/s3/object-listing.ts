import type { EncodingType, ObjectStorageClass } from "@aws-sdk/client-s3";
import type { ChecksumAlgorithm, ChecksumType, ObjectRecord } from "./model.ts";
import type { Entry, Page } from "./listing.ts";
import { canonicalUser } from "./owner.ts";
import { timestamp } from "./timestamp.ts";

export interface ListedObject {
  Key: string;
  LastModified: Date;
  ETag: string;
  ChecksumAlgorithm: ChecksumAlgorithm[];
  ChecksumType: ChecksumType;
  Size: number;
  StorageClass: ObjectStorageClass;
  Owner?: { ID: string };
}

interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encodingType: EncodingType | undefined;
}

/** The objects of a page as listings answer them. */
export const listedObjects = (
  page: Page<ObjectRecord>,
  encode: (text: string) => string,
  owner?: string,
): ListedObject[] => page.entries.map((entry) => listedObject(entry, encode, owner));

export const listedObject = (
  { key, value }: Entry<ObjectRecord>,
  encode: (text: string) => string,
  owner?: string,
): ListedObject => ({
  Key: encode(key),
  LastModified: timestamp(value.modifiedMs),
  ETag: `"${value.etag}"`,
  ChecksumAlgorithm: [value.checksum.algorithm],
  ChecksumType: value.checksum.type,
  Size: value.sizeBytes,
  StorageClass: (value.storageClass ?? "STANDARD") as ObjectStorageClass,
  ...(owner !== undefined && { Owner: canonicalUser(value.owner ?? owner) }),
});

/** What a listing answers of its request, and the common prefixes that it found. */
export const listedRequest = (
  { bucket, prefix, delimiter, limit, encodingType }: ListRequest,
  page: Page<unknown>,
  encode: (text: string) => string,
) => ({
  Name: bucket,
  Prefix: encode(prefix),
  ...(delimiter !== "" && { Delimiter: encode(delimiter) }),
  MaxKeys: limit,
  ...(page.commonPrefixes.length > 0 && { CommonPrefixes: listedPrefixes(page, encode) }),
  ...(encodingType && { EncodingType: encodingType }),
});

export const listedPrefixes = (page: Page<unknown>, encode: (text: string) => string): { Prefix: string }[] =>
  page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) }));
