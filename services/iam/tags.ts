import { invalidInput, limitExceeded } from "./errors.ts";
import type { Tag } from "./model.ts";

const MOST_TAGS = 50;

/** `added` over `present`; keys are unique without regard to case. @throws InvalidInput, LimitExceeded */
export function mergeTags(present: readonly Tag[], added: readonly { Key: string; Value: string }[]): Tag[] {
  const keys = added.map(({ Key }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  const kept = present.filter(({ Key }) => !keys.includes(Key.toLowerCase()));
  const merged = [...kept, ...added.map(({ Key, Value }) => ({ Key, Value }))];
  if (merged.length > MOST_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit.`);
  return merged;
}
