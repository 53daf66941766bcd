const REQUEST = ["MaxKeys", "Delimiter", "EncodingType", "IsTruncated"];

/** What clients that read a listing as it comes in expect before its items: the name of their bucket, their owner. */
export const DOCUMENT_ORDER = {
  ListBuckets: ["Owner"],
  ListObjects: ["Name", "Prefix", "Marker", "NextMarker", ...REQUEST],
  ListObjectsV2: ["Name", "Prefix", "StartAfter", "ContinuationToken", "NextContinuationToken", "KeyCount", ...REQUEST],
  ListObjectVersions: [
    ...["Name", "Prefix", "KeyMarker", "VersionIdMarker", "NextKeyMarker", "NextVersionIdMarker"],
    ...REQUEST,
  ],
};
