import { invalidParameter } from "./errors.ts";

const MOST_TAGS = 50;

/** @throws InvalidParameterValue for tags beyond AWS's limits */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MOST_TAGS) {
    throw invalidParameter(`Too many tags added for queue: at most ${MOST_TAGS} are allowed.`);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) {
      throw invalidParameter("Tag keys must be between 1 and 128 characters in length.");
    }
    if (value.length > 256) throw invalidParameter("Tag values must be between 0 and 256 characters in length.");
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidParameter("Tag keys cannot begin with aws: they are reserved for system use.");
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) {
      throw invalidParameter("Tag keys and values can only contain letters, digits, white space, and _ . : / = + - @");
    }
  }
}
