import { invalidArgument, invalidRange, invalidRequest } from "./errors.ts";

/** Byte positions, both inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The Range header of a read. What S3 does not take for a range (another unit, several ranges, no numbers) is ignored,
 * and the whole object is answered.
 * @throws AwsError InvalidRange when the range begins behind the object's end
 */
export function parseRange(header: string, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (!match) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return undefined;
  const last = sizeBytes - 1;
  if (from === "") {
    const suffix = Number(to);
    if (suffix === 0 || sizeBytes === 0) throw invalidRange(header, sizeBytes);
    return { start: Math.max(0, sizeBytes - suffix), end: last };
  }
  const start = Number(from);
  const end = to === "" ? last : Math.min(Number(to), last);
  if (to !== "" && Number(to) < start) return undefined;
  if (start > last) throw invalidRange(header, sizeBytes);
  return { start, end };
}

/**
 * x-amz-copy-source-range of UploadPartCopy: only `bytes=first-last`, and within the source.
 * @throws AwsError InvalidArgument, InvalidRequest
 */
export function parseCopyRange(header: string, sizeBytes: number): ByteRange {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (!match || start > end) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based " +
        "offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  if (start >= sizeBytes) throw invalidRequest("The specified copy range is invalid for the source object size");
  if (end >= sizeBytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${sizeBytes}`,
      "x-amz-copy-source-range",
      header,
    );
  }
  return { start, end };
}
