import { createHash } from "node:crypto";
import type { Ids } from "../../emulator/runtime/ids.ts";

const FORM = /^[0-9a-f]{64}$/;
const KEY_DIGITS = 8;

const digitsOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, KEY_DIGITS);

/** An id begins with the time, so that those of one key are in the order of their beginning, and ends with digits of its key. */
export const newUploadId = (ids: Ids, key: string, nowMs: number): string =>
  nowMs.toString(16).padStart(12, "0") + ids.hex(52 - KEY_DIGITS) + digitsOf(key);

/** Whether it may be the id of an upload to this key, also of one that is over. */
export const isUploadIdOf = (id: string, key: string): boolean => FORM.test(id) && id.endsWith(digitsOf(key));
