import { givenChecksum, type ChecksumMembers } from "./checksums.ts";
import { badPartChecksum, entityTooSmall, invalidPart, invalidPartOrder, invalidRequest } from "./errors.ts";
import { MIN_PART_BYTES, type PartRecord, type UploadRecord } from "./model.ts";

/** A part as the client lists it. */
export interface ListedPart extends ChecksumMembers {
  readonly PartNumber?: number;
  readonly ETag?: string;
}

export type ChosenPart = Pick<PartRecord, "sizeBytes" | "etag" | "checksum">;

/**
 * The parts that an object is made of, as the client listed them and as they were put.
 * @throws AwsError InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest
 */
export function chooseParts(
  upload: UploadRecord,
  listed: readonly ListedPart[],
  find: (partNumber: number) => PartRecord | undefined,
): ChosenPart[] {
  checkOrder(upload, listed);
  return listed.map((part, index) => {
    const { PartNumber: partNumber = 0, ETag: listedEtag } = part;
    const etag = (listedEtag ?? "").replaceAll('"', "");
    const fields = { UploadId: upload.id, PartNumber: partNumber, ETag: etag };
    const found = find(partNumber);
    if (!found || found.etag !== etag) throw invalidPart(fields);
    checkChecksum(upload, part, found, fields);
    if (index < listed.length - 1 && found.sizeBytes < MIN_PART_BYTES) {
      throw entityTooSmall({
        ProposedSize: found.sizeBytes,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: partNumber,
        ETag: etag,
      });
    }
    return found;
  });
}

function checkOrder(upload: UploadRecord, listed: readonly ListedPart[]): void {
  let before = 0;
  for (const { PartNumber: partNumber = 0 } of listed) {
    if (partNumber <= before) throw invalidPartOrder(upload.id);
    // the parts of a checksum are counted from 1
    if (upload.checksum?.type === "COMPOSITE" && partNumber !== before + 1) throw invalidPartOrder(upload.id);
    before = partNumber;
  }
}

function checkChecksum(
  upload: UploadRecord,
  listed: ListedPart,
  found: PartRecord,
  fields: Readonly<Record<string, unknown>>,
): void {
  const claimed = givenChecksum(listed);
  const { checksum: asked } = upload;
  if (!claimed) {
    if (asked?.type !== "COMPOSITE") return;
    throw invalidRequest(
      `The upload was created using a ${asked.algorithm.toLowerCase()} checksum. The complete request must include the ` +
        `checksum for each part. It was missing for part ${listed.PartNumber} in the request.`,
    );
  }
  const { algorithm, value } = found.checksum;
  if (claimed.algorithm !== algorithm && asked?.type === "COMPOSITE") {
    throw badPartChecksum(claimed.algorithm, listed.PartNumber);
  }
  // of an upload that asked for no algorithm only the checksum is known that S3 computed itself
  if (claimed.algorithm !== algorithm || claimed.value !== value) throw invalidPart(fields);
}
