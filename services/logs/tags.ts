import { tooManyTags } from "./errors.ts";

const MOST_TAGS = 50;

/** @throws LimitExceededException beyond 50 tags */
export function mergeTags(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged = { ...present, ...added };
  if (Object.keys(merged).length > MOST_TAGS) throw tooManyTags();
  return merged;
}
