import { invalidPattern, parseRegex, parseWildcard, type Matcher, type Pattern } from "./filter-pattern.ts";
import { Scanner } from "./filter-pattern-scanner.ts";

type Test = (document: unknown) => boolean;

/** Nested parentheses beyond this are refused, so that no pattern exhausts the stack. */
const DEEPEST = 50;

/** `{ $.level = "ERROR" && ($.latency >= 100 || $.user IS NULL) }`: messages that are no JSON never match. */
export function parseJsonPattern(text: string): Pattern {
  const scanner = new Scanner(text);
  scanner.expect("{");
  const test = parseOr(scanner, 0);
  scanner.expect("}");
  scanner.expectEnd();
  const selectors = [...new Set(text.match(new RegExp(SELECTOR.source, "g")))];
  return {
    kind: "json",
    matches: (message) => {
      const document = parseDocument(message);
      return document !== undefined && test(document);
    },
    extracted: (message) =>
      Object.fromEntries(
        selectors.flatMap((selector) => {
          const value = selectOne(parseDocument(message), selector);
          return value === undefined ? [] : [[selector, typeof value === "string" ? value : JSON.stringify(value)]];
        }),
      ),
    value: (message, selector) => selectOne(parseDocument(message), selector),
  };
}

/** Undefined for what is no JSON object or array. */
function parseDocument(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

/** The first value that a selector such as `$.a.b[0]` finds. */
function selectOne(document: unknown, selector: string): unknown {
  const found = select(document, parsePath(selector.slice(1))).find((value) => value !== MISSING);
  return found;
}

function parseOr(scanner: Scanner, depth: number): Test {
  const tests = [parseAnd(scanner, depth)];
  while (scanner.take("||")) tests.push(parseAnd(scanner, depth));
  return (document) => tests.some((test) => test(document));
}

function parseAnd(scanner: Scanner, depth: number): Test {
  const tests = [parseCondition(scanner, depth)];
  while (scanner.take("&&")) tests.push(parseCondition(scanner, depth));
  return (document) => tests.every((test) => test(document));
}

const SELECTOR = /\$((?:\.[A-Za-z0-9_-]+|\['[^']+'\]|\["[^"]+"\]|\[(?:\d+|\*)\])+)/y;
const OPERATOR = /!=|>=|<=|=|>|</y;
const KEYWORD = /(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS|EXISTS)\b/y;

function parseCondition(scanner: Scanner, depth: number): Test {
  if (depth > DEEPEST) throw invalidPattern();
  if (scanner.take("(")) {
    const inner = parseOr(scanner, depth + 1);
    scanner.expect(")");
    return inner;
  }
  const selector = scanner.match(SELECTOR)?.[1];
  if (selector === undefined) throw invalidPattern();
  const path = parsePath(selector);
  const keyword = scanner.match(KEYWORD)?.[1]?.replaceAll(/\s+/g, " ");
  if (keyword !== undefined) return keywordTest(path, keyword);
  const operator = scanner.match(OPERATOR)?.[0];
  if (operator === undefined) throw invalidPattern();
  return comparison(path, operator, scanner);
}

/** `[*]`: every element of an array. */
const EVERY = Symbol("every");

type Path = readonly (string | number | typeof EVERY)[];

function parsePath(text: string): Path {
  return [...text.matchAll(/\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+|\*)\]/g)].map(
    ([, dotted, single, double, index]) => {
      if (index === undefined) return dotted ?? single ?? double ?? "";
      return index === "*" ? EVERY : Number(index);
    },
  );
}

const MISSING = Symbol("missing");

/** Every value that a path selects: `[*]` selects all elements. */
function select(document: unknown, path: Path): unknown[] {
  let found: unknown[] = [document];
  for (const part of path) {
    found = found.flatMap((value): unknown[] => {
      if (part === EVERY) return Array.isArray(value) ? (value as unknown[]) : [];
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return [MISSING];
      return [(value as Record<string | number, unknown>)[part]];
    });
  }
  return found;
}

function keywordTest(path: Path, keyword: string): Test {
  const wanted: Readonly<Record<string, (value: unknown) => boolean>> = {
    "IS NULL": (value) => value === null,
    "IS TRUE": (value) => value === true,
    "IS FALSE": (value) => value === false,
    EXISTS: (value) => value !== MISSING,
    "NOT EXISTS": (value) => value === MISSING,
  };
  const test = wanted[keyword];
  if (!test) throw invalidPattern();
  return (document) => select(document, path).some(test);
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const REGEX = /%((?:[^%\\]|\\.)*)%/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?=[\s)}&|])/y;
const BARE = /[A-Za-z0-9_.*:/@#-]+/y;

function comparison(path: Path, operator: string, scanner: Scanner): Test {
  const number = scanner.match(NUMBER)?.[0];
  if (number !== undefined) {
    const compare = numberTest(operator, Number(number), number);
    return (document) => select(document, path).some(compare);
  }
  if (operator !== "=" && operator !== "!=") throw invalidPattern();
  const matcher = stringMatcher(scanner);
  const isEqual = (value: unknown) => typeof value === "string" && matcher(value);
  if (operator === "=") return (document) => select(document, path).some(isEqual);
  return (document) => select(document, path).some((value) => value !== MISSING && !isEqual(value));
}

function stringMatcher(scanner: Scanner): Matcher {
  const regex = scanner.match(REGEX)?.[1];
  if (regex !== undefined) return parseRegex(regex);
  const quoted = scanner.match(QUOTED)?.[1]?.replaceAll(/\\(.)/g, "$1");
  const text = quoted ?? scanner.match(BARE)?.[0];
  if (text === undefined) throw invalidPattern();
  return parseWildcard(text);
}

function numberTest(operator: string, wanted: number, text: string): (value: unknown) => boolean {
  switch (operator) {
    case "=":
      return (value) => value === wanted || value === text;
    case "!=":
      return (value) => value !== MISSING && value !== wanted && value !== text;
    case ">":
      return (value) => typeof value === "number" && value > wanted;
    case ">=":
      return (value) => typeof value === "number" && value >= wanted;
    case "<":
      return (value) => typeof value === "number" && value < wanted;
    default:
      return (value) => typeof value === "number" && value <= wanted;
  }
}
