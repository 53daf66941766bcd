import type { Ids } from "../../emulator/runtime/ids.ts";
import { invalidVersionId } from "./errors.ts";
import type { VersionMark } from "./model.ts";

const NULL = "null";
/** 24 bytes, URL-safe: the order in eight of them, so that a version is found by its id without a search. */
const FORM = /^[A-Za-z0-9_-]{32}$/;
const ORDER_BYTES = 8;

export function newVersionId(ids: Ids, order: number): string {
  const bytes = Buffer.from(ids.hex(48), "hex");
  bytes.writeBigUInt64BE(BigInt(order));
  // the order is kept from standing in the open: ids are opaque
  for (let index = 0; index < ORDER_BYTES; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (bytes[index + ORDER_BYTES] ?? 0);
  return bytes.toString("base64url");
}

/** The order of the version with this id, if there is one; undefined for `null`. */
export function orderOf(versionId: string): number | undefined {
  if (versionId === NULL) return undefined;
  const bytes = Buffer.from(versionId, "base64url");
  for (let index = 0; index < ORDER_BYTES; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (bytes[index + ORDER_BYTES] ?? 0);
  return Number(bytes.readBigUInt64BE());
}

export const isVersionId = (text: string): boolean =>
  text === NULL || (FORM.test(text) && Number.isSafeInteger(orderOf(text)));

/** @throws AwsError InvalidArgument */
export function checkVersionId(versionId: string | undefined, name = "versionId"): void {
  if (versionId !== undefined && !isVersionId(versionId)) throw invalidVersionId(name, versionId);
}

/** The id under which clients know a version. */
export const versionIdOf = ({ version }: { readonly version?: VersionMark }): string => version?.id ?? NULL;
