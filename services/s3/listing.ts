import { afterPrefix, successor, utf8 } from "./keys.ts";

export interface Entry<V> {
  readonly key: string;
  readonly value: V;
}

/** The entries whose keys are `from` or come after it, in the order of their keys' bytes, read lazily. */
export type Seek<V> = (from: Uint8Array) => Iterable<Entry<V>>;

export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only keys and common prefixes after this one. */
  readonly after: string;
  /** Of entries and common prefixes together. */
  readonly limit: number;
}

export interface Page<V> {
  readonly entries: readonly Entry<V>[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The entry's key or the common prefix that the page ends with. */
  readonly last: string | undefined;
}

/**
 * One page of a listing. A common prefix costs one read however many keys are below it: the listing goes on by a seek
 * to what comes after it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export function listPage<V>(seek: Seek<V>, { prefix, delimiter, after, limit }: ListRequest): Page<V> {
  const entries: Entry<V>[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  const page = (isTruncated: boolean): Page<V> => ({ entries, commonPrefixes, isTruncated, last });
  if (limit === 0) return page(false);

  let from: Uint8Array | undefined = startOf(prefix, delimiter, after);
  while (from !== undefined) {
    const start: Uint8Array = from;
    from = undefined;
    for (const entry of seek(start)) {
      if (!entry.key.startsWith(prefix)) return page(false);
      const common = commonPrefixOf(entry.key, prefix, delimiter);
      if (entries.length + commonPrefixes.length === limit) return page(true);
      last = common ?? entry.key;
      if (common !== undefined) {
        commonPrefixes.push(common);
        from = afterPrefix(utf8(common));
        break;
      }
      entries.push(entry);
    }
  }
  return page(false);
}

/**
 * A listing that goes on in the middle of a key which has several entries: what is left of it comes once, before the keys behind
 * it. Nothing of it comes where the listing has no such key, or has it in a common prefix: that one was on an earlier page.
 */
export function goingOn<V>(
  seek: Seek<V>,
  { prefix, delimiter, after }: Pick<ListRequest, "prefix" | "delimiter" | "after">,
  rest: Iterable<V>,
): Seek<V> {
  if (!after.startsWith(prefix) || commonPrefixOf(after, prefix, delimiter) !== undefined) return seek;
  let isFirst = true;
  return function* (from): Generator<Entry<V>> {
    if (isFirst) {
      isFirst = false;
      for (const value of rest) yield { key: after, value };
    }
    yield* seek(from);
  };
}

/** The part of `key` up to the first delimiter behind the prefix. */
function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const index = key.indexOf(delimiter, prefix.length);
  return index < 0 ? undefined : key.slice(0, index + delimiter.length);
}

function startOf(prefix: string, delimiter: string, after: string): Uint8Array {
  const start = utf8(prefix);
  if (after === "") return start;
  // a key below a common prefix stands for the whole of it: the prefix was on an earlier page
  const common = commonPrefixOf(after, prefix, delimiter);
  const next = common === undefined ? successor(utf8(after)) : afterPrefix(utf8(common));
  return Buffer.compare(start, next) > 0 ? start : next;
}
