import { cachedByText } from "../../emulator/runtime/cached-by-text.ts";
import { parseJsonPattern } from "./filter-pattern-json.ts";
import { parseSpacePattern } from "./filter-pattern-space.ts";
import { invalidParameter } from "./errors.ts";

export type Matcher = (message: string) => boolean;

/** A compiled filter pattern. */
export interface Pattern {
  readonly kind: "terms" | "json" | "space";
  readonly matches: Matcher;
  /** What the pattern names in a message that it matches: `$.latency` or `$status`, and its text. */
  readonly extracted: (message: string) => Record<string, string>;
  /** The value that `$.latency` or `$status` stands for in a message. */
  readonly value: (message: string, selector: string) => unknown;
}

export const compiledPattern = cachedByText(parseFilterPattern);

/** Of patterns that name nothing. */
const ofTerms = (matches: Matcher): Pattern => ({
  kind: "terms",
  matches,
  extracted: () => ({}),
  value: () => undefined,
});

export const invalidPattern = () => invalidParameter("Invalid filter pattern");

/**
 * Compiles a filter pattern: terms, JSON (`{ $.a = 1 }`) or space-delimited (`[ip, ..., status = 4*]`).
 * The empty pattern matches everything.
 * @throws InvalidParameterException for a pattern that CloudWatch does not take
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): Pattern {
  const text = pattern.trim();
  if (text === "") return ofTerms(() => true);
  if (text.startsWith("{")) return parseJsonPattern(text);
  if (text.startsWith("[")) return parseSpacePattern(text);
  return ofTerms(parseTerms(text));
}

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\S+))/y;
/** A term with anything but these must be quoted. */
const BARE_TERM = /^[A-Za-z0-9_.#=@/;,:+*!$&'()<>\\-]+$/;

/** Terms: all must stand in the message, those with `?` at least one, those with `-` none. Case matters. */
function parseTerms(text: string): Matcher {
  const required: Matcher[] = [];
  const optional: Matcher[] = [];
  const excluded: Matcher[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const match = TERM.exec(text);
    if (!match) throw invalidPattern();
    const [, sign, quoted, regex, bare] = match;
    const matcher = regex === undefined ? contains(quoted, bare) : parseRegex(regex);
    (sign === "?" ? optional : sign === "-" ? excluded : required).push(matcher);
  }
  // beside required terms the optional ones have no say
  return (message) =>
    required.every((matches) => matches(message)) &&
    !excluded.some((matches) => matches(message)) &&
    (required.length > 0 || optional.length === 0 || optional.some((matches) => matches(message)));
}

function contains(quoted: string | undefined, bare: string | undefined): Matcher {
  if (quoted === undefined && !BARE_TERM.test(bare ?? "")) throw invalidPattern();
  const term = quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? "";
  return (message) => message.includes(term);
}

/** The regular expressions that CloudWatch takes between percent signs: no groups, no back references. */
export function parseRegex(source: string): Matcher {
  if (/(?<!\\)[()]/.test(source)) throw invalidPattern();
  try {
    const regex = new RegExp(source);
    return (message) => regex.test(message);
  } catch {
    throw invalidPattern();
  }
}

/** `*` at the beginning or the end of a value stands for anything. */
export function parseWildcard(value: string): Matcher {
  const parts = value.split("*");
  if (parts.length === 1) return (text) => text === value;
  const source = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join("[^]*");
  const regex = new RegExp(`^${source}$`);
  return (text) => regex.test(text);
}
