import { invalidPartNumber, invalidRequest } from "./errors.ts";
import { MAX_PART_NUMBER, type ChecksumAlgorithm, type UploadRecord } from "./model.ts";

/** @throws AwsError InvalidArgument */
export function checkPartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PART_NUMBER)
    throw invalidPartNumber(partNumber);
}

/**
 * A part of an upload that was begun with an algorithm has to come with a checksum of it. To an upload that was begun
 * with none, parts may come with any.
 * @throws AwsError InvalidRequest
 */
export function checkPartChecksum({ checksum }: UploadRecord, given: ChecksumAlgorithm | undefined): void {
  if (!checksum || checksum.algorithm === given) return;
  // S3 computes the CRCs of a whole object itself
  if (given === undefined && checksum.type === "FULL_OBJECT") return;
  throw checksumTypeMismatch(checksum.algorithm, given);
}

export const checksumTypeMismatch = (expected: ChecksumAlgorithm, actual: ChecksumAlgorithm | undefined) =>
  invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, ` +
      `actual checksum Type: ${actual?.toLowerCase() ?? "null"}`,
  );
