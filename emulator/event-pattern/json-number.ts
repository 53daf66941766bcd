import { randomUUID } from "node:crypto";

/** A number as its JSON has it: where patterns compare numbers letter by letter, `300`, `300.0` and `3.0e2` are three. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Stands before the text of a number that became a string: no text of others begins with it. */
const MARK = `${randomUUID()} `;
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * As `JSON.parse`, with numbers as they are written.
 * @throws SyntaxError
 */
export function parseWithNumbers(text: string): unknown {
  // what is no JSON must not become some
  JSON.parse(text);
  const marked = text.replace(STRINGS_AND_NUMBERS, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`));
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? new JsonNumber(value.slice(MARK.length)) : value,
  );
}

/** The value of what is a number, in either form. */
export function numberOf(value: unknown): number | undefined {
  if (value instanceof JsonNumber) return Number(value.text);
  return typeof value === "number" ? value : undefined;
}
