import { invalidParameter, tooManyTags } from "./errors.ts";
import type { Tag } from "./model.ts";

const MOST_TAGS = 50;

/** `added` over `present`. @throws InvalidParameter, TagLimitExceeded */
export function mergeTags(present: readonly Tag[], added: readonly { Key: string; Value: string }[]): Tag[] {
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) throw invalidParameter("Duplicated keys are not allowed.");
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalidParameter("Tags Reason: tag keys must not begin with aws:");
  }
  const merged = [
    ...present.filter(({ Key }) => !keys.includes(Key)),
    ...added.map(({ Key, Value }) => ({ Key, Value })),
  ];
  if (merged.length > MOST_TAGS) throw tooManyTags();
  return merged;
}
