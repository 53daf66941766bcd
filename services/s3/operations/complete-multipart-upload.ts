import { callersEndpoint } from "../../../emulator/model/callers-endpoint.ts";
import { createHash } from "node:crypto";
import { checksumMembersWithType, checksumOfParts, givenChecksum, DEFAULT_ALGORITHM } from "../checksums.ts";
import { causeOf } from "../causes.ts";
import { checkUndisturbed, checkWriteConditions, checkWriteForm } from "../conditions.ts";
import { checkUploadKey, readCustomerKey } from "../customer-key.ts";
import { encryptionMembers } from "../encryption.ts";
import { badChecksum, entityTooLarge, invalidRequest, malformedXml } from "../errors.ts";
import { chooseParts, type ChosenPart } from "../complete-parts.ts";
import type { Input, Operation, S3Context } from "../index.ts";
import { expirationMember } from "../lifecycle.ts";
import { MAX_OBJECT_BYTES, type BucketRecord, type Checksum, type ObjectRecord, type UploadRecord } from "../model.ts";
import { lockOf } from "../object-lock.ts";
import { checksumTypeMismatch } from "../parts.ts";
import { refuseHeaders } from "../refusals.ts";
import { newVersionMember } from "../versions.ts";
import { loadHasher } from "../xxhash.ts";

/**
 * Makes an object of an upload's parts. Nothing is copied: the object consists of the parts as they were put.
 * @throws NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest, PreconditionFailed,
 *   ConditionalRequestConflict
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export const completeMultipartUpload: Operation<"CompleteMultipartUpload"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  checkWriteForm(input);
  const done = completedBefore(ctx, input);
  if (done) return answer(ctx, input, bucket, done);
  const upload = ctx.store.upload(bucket.name, input.Key, input.UploadId);
  const customerKey = readCustomerKey(input);
  if (customerKey) checkUploadKey(upload, customerKey);
  const complete = () => answer(ctx, input, bucket, assemble(ctx, input, bucket, upload));
  const loading = loadHasher(upload.checksum?.algorithm);
  return loading ? loading.then(complete) : complete();
};

type CompleteInput = Input<"CompleteMultipartUpload">;

/** A client that has not heard the answer asks again, and hears it then. */
function completedBefore(ctx: S3Context, { Bucket, Key, UploadId, MultipartUpload }: CompleteInput) {
  const object = ctx.store.object(Bucket, Key);
  if (object?.upload?.id !== UploadId) return undefined;
  const listed = MultipartUpload?.Parts?.map(({ ETag = "" }) => ETag.replaceAll('"', "")) ?? [];
  const parts = [...ctx.store.partsOf(object)].map(({ etag }) => etag);
  return listed.join() === parts.join() ? object : undefined;
}

function assemble(ctx: S3Context, input: CompleteInput, bucket: BucketRecord, upload: UploadRecord): ObjectRecord {
  const { Key: key, UploadId: uploadId } = input;
  if (!input.MultipartUpload) throw invalidRequest("You must specify at least one part");
  checkChecksumType(input, upload);
  const listed = input.MultipartUpload.Parts ?? [];
  if (listed.length === 0) throw malformedXml();
  const partNumbers = listed.map(({ PartNumber }) => PartNumber ?? 0);
  const check = checkWriteConditions(input, key);
  const cause = causeOf(ctx, "ObjectCreated:CompleteMultipartUpload");
  return ctx.store.completeUpload({ bucket: bucket.name, key, uploadId }, partNumbers, cause, (_upload, current) => {
    check(current);
    checkUndisturbed(input, key, upload, ctx.store.newest(bucket.name, key));
    const parts = chooseParts(upload, listed, (partNumber) => ctx.store.uploadedPart(uploadId, partNumber));
    const object = objectOf(upload, parts, ctx.clock.now(), input);
    return { ...object, ...lockOf(bucket, object, object.modifiedMs) };
  });
}

const answer = (ctx: S3Context, { Key: key }: CompleteInput, bucket: BucketRecord, record: ObjectRecord) => ({
  Location: `${callersEndpoint(ctx)}${ctx.request?.path ?? `/${bucket.name}/${encodeURIComponent(key).replaceAll("%2F", "/")}`}`,
  Bucket: bucket.name,
  Key: key,
  ETag: `"${record.etag}"`,
  ...encryptionMembers(record),
  ...newVersionMember(record),
  ...expirationMember(bucket, key, record),
  // to tell it S3 would have to open what it has sealed
  ...(!record.kms && !record.customerKey && checksumMembersWithType(record.checksum)),
});

function objectOf(
  { id, initiatedMs: _initiatedMs, over: _over, initiator: _initiator, checksum: asked, ...properties }: UploadRecord,
  parts: readonly ChosenPart[],
  modifiedMs: number,
  input: Input<"CompleteMultipartUpload">,
): ObjectRecord {
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (sizeBytes > MAX_OBJECT_BYTES) throw entityTooLarge(sizeBytes, MAX_OBJECT_BYTES);
  if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${sizeBytes}`,
    );
  }
  const md5s = createHash("md5");
  for (const { etag } of parts) md5s.update(Buffer.from(etag, "hex"));
  const checksum = checksumOfParts(
    asked?.algorithm ?? DEFAULT_ALGORITHM,
    asked?.type ?? "FULL_OBJECT",
    parts.map((part) => ({ value: part.checksum.value, sizeBytes: part.sizeBytes })),
  );
  checkClaims(input, asked, checksum);
  return {
    ...properties,
    sizeBytes,
    etag: `${md5s.digest("hex")}-${parts.length}`,
    modifiedMs,
    checksum,
    upload: { id, partCount: parts.length },
  };
}

function checkChecksumType({ ChecksumType: claimed }: CompleteInput, { checksum: asked }: UploadRecord): void {
  if (claimed === undefined || claimed === asked?.type) return;
  throw invalidRequest(
    `The upload was created using the ${asked?.type ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** The whole object's checksum, as the client has it: one of the whole counts as such only where the request says so. */
function checkClaims(input: CompleteInput, asked: UploadRecord["checksum"], checksum: Checksum): void {
  const claimed = givenChecksum(input);
  if (!claimed) return;
  if (asked?.type === "FULL_OBJECT") {
    const isWhole = input.ChecksumType === "FULL_OBJECT" && claimed.algorithm === checksum.algorithm;
    if (!isWhole || claimed.value !== checksum.value) throw badChecksum(checksum.algorithm.toLowerCase());
    return;
  }
  if (claimed.algorithm !== checksum.algorithm && !asked) return;
  if (claimed.algorithm !== checksum.algorithm) throw checksumTypeMismatch(checksum.algorithm, claimed.algorithm);
  // of a composite checksum the number of parts may be left out
  if (claimed.value !== checksum.value && claimed.value !== checksum.value.split("-")[0])
    throw badChecksum(checksum.algorithm);
}
