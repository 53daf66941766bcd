import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { invalidParameter, tooManyTags } from "./errors.ts";
import type { Tag } from "./model.ts";

const MOST_TAGS = 50;

/** `added` over `present`. @throws InvalidParameter, TagLimitExceeded */
export function mergeTags(present: readonly Tag[], added: readonly { Key: string; Value: string }[]): Tag[] {
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) throw invalidParameter("Duplicated keys are not allowed.");
  refuseSystemTags(keys);
  const merged = [
    ...present.filter(({ Key }) => !keys.includes(Key)),
    ...added.map(({ Key, Value }) => ({ Key, Value })),
  ];
  if (userTagCount(merged.map(({ Key }) => Key)) > MOST_TAGS) throw tooManyTags();
  return merged;
}

/** @throws InvalidParameter */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw invalidParameter("Tags Reason: tag keys must not begin with aws:");
}
