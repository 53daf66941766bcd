import { invalidPattern, parseRegex, parseWildcard, type Matcher, type Pattern } from "./filter-pattern.ts";
import { Scanner } from "./filter-pattern-scanner.ts";

/** One field of `[ip, user, ..., status = 4* || status = 500]`; `...` stands for any number of fields. */
type Field = { readonly name: string; readonly test: Matcher } | "...";

const NAME = /[A-Za-z0-9_]+/y;
const OPERATOR = /!=|>=|<=|=|>|</y;
const VALUE = /"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s,\]&|]+)/y;

/** Messages are split at spaces; quotes and brackets hold a field together. */
export function parseSpacePattern(text: string): Pattern {
  const scanner = new Scanner(text);
  scanner.expect("[");
  const fields: Field[] = [];
  do {
    fields.push(scanner.take("...") ? "..." : parseField(scanner));
  } while (scanner.take(","));
  scanner.expect("]");
  scanner.expectEnd();
  if (fields.filter((field) => field === "...").length > 1) throw invalidPattern();
  const extracted = (message: string) => namedFields(splitFields(message), fields);
  return {
    kind: "space",
    matches: (message) => matchesFields(splitFields(message), fields),
    extracted,
    value: (message, selector) => extracted(message)[selector],
  };
}

function parseField(scanner: Scanner): Field {
  const { name, test } = parseCondition(scanner);
  return { name, test: parseRest(scanner, test) };
}

function parseRest(scanner: Scanner, first: Matcher): Matcher {
  let test = first;
  for (;;) {
    const left = test;
    if (scanner.take("&&")) {
      const right = parseCondition(scanner).test;
      test = (text) => left(text) && right(text);
    } else if (scanner.take("||")) {
      const right = parseCondition(scanner).test;
      test = (text) => left(text) || right(text);
    } else return test;
  }
}

function parseCondition(scanner: Scanner): { readonly name: string; readonly test: Matcher } {
  const name = scanner.match(NAME)?.[0];
  if (name === undefined) throw invalidPattern();
  return { name, test: parseTest(scanner) };
}

function parseTest(scanner: Scanner): Matcher {
  const operator = scanner.match(OPERATOR)?.[0];
  if (operator === undefined) return () => true;
  const value = scanner.match(VALUE);
  if (!value) throw invalidPattern();
  const [, quoted, regex, bare] = value;
  const text = quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? "";
  const isEqual = regex === undefined ? parseWildcard(text) : parseRegex(regex);
  const wanted = Number(text);
  switch (operator) {
    case "=":
      return isEqual;
    case "!=":
      return (field) => !isEqual(field);
    case ">":
      return (field) => Number(field) > wanted;
    case ">=":
      return (field) => Number(field) >= wanted;
    case "<":
      return (field) => Number(field) < wanted;
    default:
      return (field) => Number(field) <= wanted;
  }
}

const splitFields = (message: string): string[] =>
  [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? "",
  );

function matchesFields(texts: readonly string[], fields: readonly Field[]): boolean {
  const gap = fields.indexOf("...");
  const { before, after } = aroundGap(fields);
  if (gap < 0 ? texts.length !== fields.length : texts.length < before.length + after.length) return false;
  const tail = texts.slice(texts.length - after.length);
  const fits = (field: Field, text: string | undefined) => field !== "..." && text !== undefined && field.test(text);
  return (
    before.every((field, index) => fits(field, texts[index])) && after.every((field, index) => fits(field, tail[index]))
  );
}

function aroundGap(fields: readonly Field[]): { before: readonly Field[]; after: readonly Field[] } {
  const gap = fields.indexOf("...");
  return gap < 0 ? { before: fields, after: [] } : { before: fields.slice(0, gap), after: fields.slice(gap + 1) };
}

/** The fields of a message by the pattern's names, each behind a `$`. */
function namedFields(texts: readonly string[], fields: readonly Field[]): Record<string, string> {
  const { before, after } = aroundGap(fields);
  const tail = texts.slice(texts.length - after.length);
  const named = (some: readonly Field[], of: readonly string[]) =>
    some.flatMap((field, index) => (field === "..." ? [] : [[`$${field.name}`, of[index] ?? ""] as const]));
  return Object.fromEntries([...named(before, texts), ...named(after, tail)]);
}
