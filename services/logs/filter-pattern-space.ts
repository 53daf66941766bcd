import { invalidPattern, parseRegex, parseWildcard, type Matcher } from "./filter-pattern.ts";
import { Scanner } from "./filter-pattern-scanner.ts";

/** One field of `[ip, user, ..., status = 4* || status = 500]`; `...` stands for any number of fields. */
type Field = Matcher | "...";

const NAME = /[A-Za-z0-9_]+/y;
const OPERATOR = /!=|>=|<=|=|>|</y;
const VALUE = /"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s,\]&|]+)/y;

/** Messages are split at spaces; quotes and brackets hold a field together. */
export function parseSpacePattern(text: string): Matcher {
  const scanner = new Scanner(text);
  scanner.expect("[");
  const fields: Field[] = [];
  do {
    fields.push(scanner.take("...") ? "..." : parseField(scanner));
  } while (scanner.take(","));
  scanner.expect("]");
  scanner.expectEnd();
  if (fields.filter((field) => field === "...").length > 1) throw invalidPattern();
  return (message) => matchesFields(splitFields(message), fields);
}

function parseField(scanner: Scanner): Matcher {
  let test = parseCondition(scanner);
  for (;;) {
    const left = test;
    if (scanner.take("&&")) {
      const right = parseCondition(scanner);
      test = (text) => left(text) && right(text);
    } else if (scanner.take("||")) {
      const right = parseCondition(scanner);
      test = (text) => left(text) || right(text);
    } else return test;
  }
}

function parseCondition(scanner: Scanner): Matcher {
  if (!scanner.match(NAME)) throw invalidPattern();
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
  const [before, after] = gap < 0 ? [fields, []] : [fields.slice(0, gap), fields.slice(gap + 1)];
  if (gap < 0 ? texts.length !== fields.length : texts.length < before.length + after.length) return false;
  const tail = texts.slice(texts.length - after.length);
  const fits = (field: Field, text: string | undefined) => field !== "..." && text !== undefined && field(text);
  return (
    before.every((field, index) => fits(field, texts[index])) && after.every((field, index) => fits(field, tail[index]))
  );
}
