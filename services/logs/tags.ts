import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { invalidParameter, tooManyTags } from "./errors.ts";

const MOST_TAGS = 50;

/** @throws InvalidParameterException, LimitExceededException beyond 50 tags */
export function mergeTags(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  refuseSystemTags(Object.keys(added));
  const merged = { ...present, ...added };
  if (userTagCount(Object.keys(merged)) > MOST_TAGS) throw tooManyTags();
  return merged;
}

/** @throws InvalidParameterException */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw invalidParameter("Tag keys must not begin with aws:");
}
