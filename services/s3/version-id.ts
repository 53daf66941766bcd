import { crc32 } from "node:zlib";
import type { AwsError } from "../../emulator/model/errors.ts";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { invalidVersionId } from "./errors.ts";
import type { VersionMark } from "./model.ts";

const NULL = "null";
/** 24 bytes in base64, whose `+` and `/` are `.` and `_`: no id begins with a dash, which a shell would take for an option. */
const FORM = /^[A-Za-z0-9._-]{32}$/;
/** The order of the version comes first, so that it is found by its id without a search; a checksum of all before it comes last. */
const ORDER_BYTES = 8;
const CHECKED_BYTES = 20;

export function newVersionId(ids: Ids, order: number): string {
  const bytes = Buffer.from(ids.hex(48), "hex");
  bytes.writeBigUInt64BE(BigInt(order));
  // the order is kept from standing in the open: ids are opaque
  for (let index = 0; index < ORDER_BYTES; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (bytes[index + ORDER_BYTES] ?? 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return bytes.toString("base64url").replaceAll("-", ".");
}

// earlier builds wrote dashes, and no checksum: what is there is found by those ids too
const bytesOf = (versionId: string): Buffer => Buffer.from(versionId.replaceAll(".", "-"), "base64url");

/** The order of the version with this id, if there is one; undefined for `null`. */
export function orderOf(versionId: string): number | undefined {
  if (versionId === NULL) return undefined;
  const bytes = bytesOf(versionId);
  for (let index = 0; index < ORDER_BYTES; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (bytes[index + ORDER_BYTES] ?? 0);
  return Number(bytes.readBigUInt64BE());
}

/** Whether there may be a version with this id. */
export const isVersionId = (text: string): boolean =>
  text === NULL || (FORM.test(text) && Number.isSafeInteger(orderOf(text)));

/** Whether a version once had this id, although none has it now. */
export function wasVersionId(text: string): boolean {
  if (text === NULL) return true;
  const bytes = bytesOf(text);
  return crc32(bytes.subarray(0, CHECKED_BYTES)) === bytes.readUInt32BE(CHECKED_BYTES);
}

/** What is said of an id that is none. */
export type Refusal = (versionId: string) => AwsError;

const refused: Refusal = (versionId) => invalidVersionId("versionId", versionId);

/** @throws AwsError InvalidArgument, unless another refusal is given */
export function checkVersionId(versionId: string | undefined, refusal = refused): void {
  if (versionId !== undefined && !isVersionId(versionId)) throw refusal(versionId);
}

/** Of an id that no version has. @throws AwsError InvalidArgument, unless another refusal is given, where none ever had it */
export function checkGone(versionId: string, refusal = refused): void {
  if (!wasVersionId(versionId)) throw refusal(versionId);
}

/** The id under which clients know a version. */
export const versionIdOf = ({ version }: { readonly version?: VersionMark }): string => version?.id ?? NULL;
