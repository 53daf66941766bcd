import { notWellFormed } from "./errors.ts";
import { tokenize, type Token } from "./tokens.ts";

/** The tokens of a statement, read from left to right. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #position = 0;
  #parameters = 0;

  constructor(statement: string) {
    this.#tokens = tokenize(statement);
  }

  /** How many `?` have been read. */
  get parameters(): number {
    return this.#parameters;
  }

  /** The number of the parameter that the `?` just read stands for. */
  takeParameter(): number {
    return this.#parameters++;
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

  isKeyword(keyword: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "keyword" && token.text === keyword;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#position++;
    return true;
  }

  /** Takes keywords that follow one another, or none of them. */
  takeKeywords(...keywords: readonly string[]): boolean {
    if (!keywords.every((keyword, ahead) => this.isKeyword(keyword, ahead))) return false;
    this.#position += keywords.length;
    return true;
  }

  expectSymbol(symbol: string, problem: string): void {
    if (!this.takeSymbol(symbol)) throw notWellFormed(problem);
  }

  expectKeyword(keyword: string, problem: string): void {
    if (!this.takeKeywords(keyword)) throw notWellFormed(problem);
  }
}
