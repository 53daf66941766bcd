import { unsupported } from "../../emulator/model/errors.ts";
import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { invalidResource, tooManyTags, validationError } from "./errors.ts";
import type { SsmContext } from "./index.ts";
import type { Parameter, Tag } from "./model.ts";
import { parseReference } from "./names.ts";

const MOST_TAGS = 50;

/** `added` over `present`. @throws TooManyTagsError, ValidationException */
export function mergeTags(present: readonly Tag[], added: readonly { Key: string; Value: string }[]): Tag[] {
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) throw validationError("Duplicate tag keys are not allowed.");
  refuseSystemTags(keys);
  const kept = present.filter(({ Key }) => !keys.includes(Key));
  const merged = [...kept, ...added.map(({ Key, Value }) => ({ Key, Value }))];
  if (userTagCount(merged.map(({ Key }) => Key)) > MOST_TAGS) throw tooManyTags();
  return merged;
}

/** @throws ValidationException */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw validationError("Tag keys that begin with aws: are reserved for use by AWS.");
}

/** What an operation on tags is about. @throws InvalidResourceId; NotImplemented for what is no parameter */
export function taggedParameter(ctx: SsmContext, type: string, id: string): Parameter {
  if (type !== "Parameter") throw unsupported(`Tags of a resource of type ${type}`);
  const [found] = parseReference(ctx, id).names.flatMap((name) => ctx.store.find(name) ?? []);
  if (!found) throw invalidResource();
  return found;
}
