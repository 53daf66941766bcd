import { javaRegex, javaReplacement } from "./java-regex.ts";
import { type JavaList, javaList, toText, VtlError } from "./values.ts";

/** As long as a string that a template makes may become, in characters. */
const LONGEST = 10_485_760;

function sub(self: string, from: unknown, to?: unknown): string {
  const [begin, end] = [Number(from), to === undefined ? self.length : Number(to)];
  if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || end > self.length || begin > end) {
    throw new VtlError(`String index out of range: ${to === undefined ? self.length - begin : end - begin}`);
  }
  return self.slice(begin, end);
}

/** Java's split: empty strings at the end are left out unless `limit` says otherwise. */
function split(self: string, pattern: unknown, limit?: unknown): JavaList {
  const most = limit === undefined ? 0 : Number(limit);
  const regex = javaRegex(toText(pattern), "g");
  const parts: string[] = [];
  let from = 0;
  for (const match of self.matchAll(regex)) {
    if (most > 0 && parts.length === most - 1) break;
    if (match.index === 0 && match[0] === "") continue;
    if (match[0] === "" && match.index >= self.length) break;
    parts.push(self.slice(from, match.index));
    from = match.index + match[0].length;
  }
  parts.push(self.slice(from));
  if (most === 0) while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return javaList(parts);
}

function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a[at] !== b[at]) return a.charCodeAt(at) - b.charCodeAt(at);
  }
  return a.length - b.length;
}

function bounded(text: string): string {
  if (text.length > LONGEST) throw new VtlError("The string is too long");
  return text;
}

function charAt(self: string, index: unknown): string {
  const found = self[Number(index)];
  if (found === undefined) throw new VtlError(`String index out of range: ${toText(index)}`);
  return found;
}

/** The methods of java.lang.String. */
export const STRING_METHODS: Readonly<Record<string, (self: string, ...args: readonly unknown[]) => unknown>> = {
  length: (self) => self.length,
  isEmpty: (self) => self.length === 0,
  isBlank: (self) => self.trim() === "",
  charAt,
  codePointAt: (self, index) => self.codePointAt(Number(index)),
  contains: (self, part) => self.includes(toText(part)),
  startsWith: (self, part, offset) => self.startsWith(toText(part), Number(offset ?? 0)),
  endsWith: (self, part) => self.endsWith(toText(part)),
  indexOf: (self, part, from) => self.indexOf(toText(part), Number(from ?? 0)),
  lastIndexOf: (self, part, from) =>
    from === undefined ? self.lastIndexOf(toText(part)) : self.lastIndexOf(toText(part), Number(from)),
  substring: sub,
  subSequence: sub,
  concat: (self, other) => bounded(self + toText(other)),
  replace: (self, part, other) => bounded(self.replaceAll(toText(part), () => toText(other))),
  replaceAll: (self, pattern, other) =>
    bounded(self.replaceAll(javaRegex(toText(pattern), "g"), javaReplacement(toText(other)))),
  replaceFirst: (self, pattern, other) =>
    bounded(self.replace(javaRegex(toText(pattern)), javaReplacement(toText(other)))),
  matches: (self, pattern) => javaRegex(`^(?:${toText(pattern)})$`).test(self),
  split,
  toUpperCase: (self) => self.toUpperCase(),
  toLowerCase: (self) => self.toLowerCase(),
  trim: (self) => self.replaceAll(/^[\0- ]+|[\0- ]+$/g, ""),
  strip: (self) => self.trim(),
  equals: (self, other) => self === other,
  equalsIgnoreCase: (self, other) => typeof other === "string" && self.toLowerCase() === other.toLowerCase(),
  compareTo: (self, other) => compareStrings(self, toText(other)),
  compareToIgnoreCase: (self, other) => compareStrings(self.toLowerCase(), toText(other).toLowerCase()),
  toCharArray: (self) => javaList(self),
  repeat: (self, times) => {
    if (self.length * Number(times) > LONGEST) throw new VtlError("The string is too long");
    return self.repeat(Number(times));
  },
  // String.format has no counterpart worth having; these are static methods that templates reach by any string
  valueOf: (_self: string, value: unknown) => toText(value),
  join: (_self, separator, items) =>
    Array.isArray(items) ? items.map((item) => toText(item)).join(toText(separator)) : toText(items),
};
