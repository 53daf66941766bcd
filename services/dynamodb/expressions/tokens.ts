import type { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";

/** The request member that holds an expression; every error names it. PartiQL's `Statement` is named by none. */
export type ExpressionName =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "Statement"
  | "UpdateExpression";

/** `name`: an attribute or function; `#name` and `:value` placeholders with their first character. */
export type TokenKind = "name" | "keyword" | "#name" | ":value" | "digits" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** In any case, and in every kind of expression: none of them is a name in any. */
const KEYWORDS = ["SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"] as const;
export type Keyword = (typeof KEYWORDS)[number];
const IS_KEYWORD: ReadonlySet<string> = new Set(KEYWORDS);

/** Blanks, then one of the kinds in order; a character that nothing else takes is a symbol, for the parser to refuse. */
const TOKEN =
  /[ \t\r\n]*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(0|[1-9]\d*)|(<>|<=|>=|[^ \t\r\n]))/uy;
const KINDS: readonly TokenKind[] = ["name", "#name", ":value", "digits", "symbol"];

export const invalidExpression = (expression: ExpressionName, problem: string): AwsError =>
  validationError(expression === "Statement" ? problem : `Invalid ${expression}: ${problem}`);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const group = match.findIndex((part, i) => i > 0 && part !== undefined);
    const token = match[group]!;
    const end = match.index + match[0].length;
    const kind = KINDS[group - 1]!;
    const isKeyword = kind === "name" && IS_KEYWORD.has(token.toUpperCase());
    tokens.push({ kind: isKeyword ? "keyword" : kind, text: token, start: end - token.length, end });
  }
  tokens.push({ kind: "end", text: "<EOF>", start: text.length, end: text.length });
  return tokens;
}

/** The tokens of an expression, read from left to right. */
export class Tokens {
  readonly expression: ExpressionName;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  /** @throws AwsError ValidationException for an empty expression */
  constructor(expression: ExpressionName, text: string) {
    this.expression = expression;
    if (text === "") throw invalidExpression(expression, "The expression can not be empty;");
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  /** Number of the next token; tells two places of the expression apart. */
  get position(): number {
    return this.#position;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#position++;
    return token;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === symbol;
  }

  isKeyword(keyword: Keyword): boolean {
    const token = this.peek();
    return token.kind === "keyword" && token.text.toUpperCase() === keyword;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#position++;
    return true;
  }

  takeKeyword(keyword: Keyword): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#position++;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.syntaxError();
  }

  expectKeyword(keyword: Keyword): void {
    if (!this.takeKeyword(keyword)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw this.syntaxError();
  }

  /** The next token is wrong. AWS shows it with its neighbours, as they are written. */
  syntaxError(): AwsError {
    const token = this.peek();
    const start = this.#tokens[this.#position - 1]?.start ?? 0;
    const near = this.#text.slice(start, this.peek(1).end);
    return invalidExpression(this.expression, `Syntax error; token: "${token.text}", near: "${near}"`);
  }
}
