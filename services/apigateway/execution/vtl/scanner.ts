import { VtlError } from "./values.ts";

/** The text of a template and a place in it. */
export class Scanner {
  readonly text: string;
  at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Takes what a sticky expression matches here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }

  take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  expect(token: string): void {
    this.skipSpace();
    if (!this.take(token)) throw this.unexpected(`'${token}'`);
  }

  /** Directives swallow the end of their line. */
  skipLineEnd(): void {
    this.match(/[ \t]*(?:\r\n|\n|\r)/y);
  }

  unexpected(wanted: string): VtlError {
    const before = this.text.slice(0, this.at).split("\n");
    const found = this.ended ? "the end" : JSON.stringify(this.text.slice(this.at, this.at + 20));
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    return new VtlError(`Encountered ${found} at ${place}: expected ${wanted}`);
  }
}
