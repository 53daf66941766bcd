import { invalidPattern } from "./filter-pattern.ts";

/** Reads a pattern token by token. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  /** Takes `token` if it comes next. */
  take(token: string): boolean {
    this.skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** Takes what `pattern` (sticky) matches next. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    this.skipSpace();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  expect(token: string): void {
    if (!this.take(token)) throw invalidPattern();
  }

  expectEnd(): void {
    this.skipSpace();
    if (this.#at < this.#text.length) throw invalidPattern();
  }
}
