import { notWellFormed } from "./errors.ts";
import { isKeyword } from "./keywords.ts";

/** Where a token stands: line and column from 1, in characters. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** `quoted`: a name in double quotes; `ion`: anything in backticks. */
export type TokenKind = "name" | "quoted" | "keyword" | "string" | "number" | "ion" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** What it means: keywords in lower case, strings and quoted names without their quotes. */
  readonly text: string;
  readonly span: Span;
}

const SKIPPED = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)+/uy;
const WORD = /[A-Za-z_$][\w$]*/uy;
/** What follows a number directly belongs to it, so that `5d0` is no number. */
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w$])/uy;
const STRING = /'(?:[^']|'')*'/uy;
const QUOTED = /"(?:[^"]|"")*"/uy;
const ION = /`[^`]*`/uy;
const SYMBOL = /<<|>>|<=|>=|<>|!=|\|\||\/(?!\*)|[()[\]{}.,:;?*%+\-=<>@]/uy;

const BIGGEST_SCALE = 2 ** 31 - 1;

const RULES: readonly (readonly [RegExp, (raw: string) => readonly [TokenKind, string]])[] = [
  [NUMBER, (raw) => ["number", checkedNumber(raw)]],
  [WORD, (raw) => (isKeyword(raw) ? ["keyword", raw.toLowerCase()] : ["name", raw])],
  [STRING, (raw) => ["string", raw.slice(1, -1).replaceAll("''", "'")]],
  [QUOTED, (raw) => ["quoted", raw.slice(1, -1).replaceAll('""', '"')]],
  [ION, (raw) => ["ion", raw]],
  [SYMBOL, (raw) => ["symbol", raw]],
];

/** The tokens of a statement and an end. @throws AwsError ValidationException for what is no token */
export function tokenize(statement: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 1;
  let lineStart = 0;
  const pass = (length: number): void => {
    for (let i = position; i < position + length; i++) {
      if (statement.charCodeAt(i) !== 10) continue;
      line++;
      lineStart = i + 1;
    }
    position += length;
  };
  for (;;) {
    pass(lengthOf(SKIPPED, statement, position));
    const span = { line, column: position - lineStart + 1 };
    if (position === statement.length) {
      tokens.push({ kind: "end", text: "", span: { ...span, length: 0 } });
      return tokens;
    }
    const [length, kind, text] = next(statement, position);
    tokens.push({ kind, text, span: { ...span, length } });
    pass(length);
  }
}

function next(statement: string, position: number): readonly [number, TokenKind, string] {
  for (const [rule, read] of RULES) {
    const length = lengthOf(rule, statement, position);
    if (length > 0) return [length, ...read(statement.slice(position, position + length))];
  }
  throw notWellFormed();
}

function lengthOf(rule: RegExp, statement: string, position: number): number {
  rule.lastIndex = position;
  return rule.exec(statement)?.[0].length ?? 0;
}

/** Numbers are read with a scale of 32 bits: one that does not fit is none. */
function checkedNumber(raw: string): string {
  const [, fraction = "", exponent = "0"] = /^\d*(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(raw) ?? [];
  const scale = fraction.length - Number(exponent);
  if (Math.abs(Number(exponent)) > BIGGEST_SCALE || Math.abs(scale) > BIGGEST_SCALE) throw notWellFormed();
  return raw;
}
