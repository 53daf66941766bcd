import { reservedTagKey, tagCharacters, tooManyTags } from "./errors.ts";
import { TAG_LIMIT } from "./limits.ts";

type Tags = Readonly<Record<string, string>>;

const ALLOWED = /^[\p{L}\p{N}\p{Zs}_./=+\-%@:]*$/u;

/** @see https://docs.aws.amazon.com/streams/latest/dev/tagging.html */
const RESERVED = /^aws:/i;

/** @throws InvalidArgumentException */
export function requireTagCharacters(texts: readonly string[]): void {
  if (!texts.every((text) => ALLOWED.test(text))) throw tagCharacters();
}

/** Checks all the tags that a stream is to have. @throws InvalidArgumentException */
export function requireTags(stream: string, account: string, tags: Tags): void {
  requireTagCharacters([...Object.keys(tags), ...Object.values(tags)]);
  if (Object.keys(tags).some((key) => RESERVED.test(key))) throw reservedTagKey(stream, account);
  if (Object.keys(tags).length > TAG_LIMIT) throw tooManyTags(stream, account, TAG_LIMIT);
}

export const without = (tags: Tags, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

export const sortedTags = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
