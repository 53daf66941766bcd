import type { BinaryOperator, Expression, Node, Reference, Step } from "./ast.ts";
import type { Scanner } from "./scanner.ts";
import { parseNumber, VtlError } from "./values.ts";

/** Expressions nest no deeper, so that no template exhausts the stack. */
const DEEPEST = 100;

const LEVELS: readonly (readonly [pattern: RegExp, operators: Readonly<Record<string, BinaryOperator>>])[] = [
  [/\|\||or\b/y, { "||": "||", or: "||" }],
  [/&&|and\b/y, { "&&": "&&", and: "&&" }],
  [/==|!=|(?:eq|ne)\b/y, { "==": "==", "!=": "!=", eq: "==", ne: "!=" }],
  [
    /<=|>=|<|>|(?:lt|gt|le|ge)\b/y,
    { "<": "<", ">": ">", "<=": "<=", ">=": ">=", lt: "<", gt: ">", le: "<=", ge: ">=" },
  ],
  [/[+-]/y, { "+": "+", "-": "-" }],
  [/[*/%]/y, { "*": "*", "/": "/", "%": "%" }],
];

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /\d+(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+)?/y;
const DOUBLE_QUOTED = /"((?:[^"]|"")*)"/y;
const SINGLE_QUOTED = /'((?:[^']|'')*)'/y;

/** Reads the text of a double-quoted string as a template of its own. */
type ParseText = (text: string) => readonly Node[];

export class ExpressionParser {
  readonly #scanner: Scanner;
  readonly #parseText: ParseText;
  #depth = 0;

  constructor(scanner: Scanner, parseText: ParseText) {
    this.#scanner = scanner;
    this.#parseText = parseText;
  }

  expression(level = 0): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    if (level === 0 && ++this.#depth > DEEPEST) throw new VtlError("The expression is nested too deeply");
    let left = this.expression(level + 1);
    for (;;) {
      this.#scanner.skipSpace();
      const word = this.#scanner.match(operators[0])?.[0];
      const operator = word === undefined ? undefined : operators[1][word];
      if (!operator) break;
      left = { kind: "binary", operator, left, right: this.expression(level + 1) };
    }
    if (level === 0) this.#depth--;
    return left;
  }

  #unary(): Expression {
    const scanner = this.#scanner;
    scanner.skipSpace();
    if (scanner.match(/!(?!=)|not\b/y)) return { kind: "not", operand: this.#unary() };
    if (scanner.match(/-/y)) return { kind: "negate", operand: this.#unary() };
    return this.primary();
  }

  primary(): Expression {
    const scanner = this.#scanner;
    scanner.skipSpace();
    switch (scanner.text[scanner.at]) {
      case "(": {
        scanner.at++;
        const inner = this.expression();
        scanner.expect(")");
        return inner;
      }
      case "[":
        scanner.at++;
        return this.#list();
      case "{":
        scanner.at++;
        return this.#map();
      case "$": {
        const reference = this.reference();
        if (!reference) throw scanner.unexpected("a reference");
        return { kind: "variable", reference };
      }
      case '"':
        return this.#interpolated();
      case "'": {
        const [, text = ""] = scanner.match(SINGLE_QUOTED) ?? fail(scanner, "a closing quote");
        return { kind: "literal", value: text.replaceAll("''", "'") };
      }
      default:
        return this.#word();
    }
  }

  #word(): Expression {
    const number = this.#scanner.match(NUMBER)?.[0];
    if (number !== undefined) return { kind: "literal", value: parseNumber(number) };
    const word = this.#scanner.match(/(?:true|false)\b/y)?.[0];
    if (word !== undefined) return { kind: "literal", value: word === "true" };
    throw this.#scanner.unexpected("an expression");
  }

  #interpolated(): Expression {
    const [, raw = ""] = this.#scanner.match(DOUBLE_QUOTED) ?? fail(this.#scanner, "a closing quote");
    const text = raw.replaceAll('""', '"');
    if (!/[$#]/.test(text)) return { kind: "literal", value: text };
    return { kind: "interpolated", body: this.#parseText(text) };
  }

  #list(): Expression {
    const scanner = this.#scanner;
    const items: Expression[] = [];
    scanner.skipSpace();
    if (scanner.take("]")) return { kind: "list", items };
    const first = this.expression();
    scanner.skipSpace();
    if (scanner.take("..")) {
      const to = this.expression();
      scanner.expect("]");
      return { kind: "range", from: first, to };
    }
    items.push(first);
    for (;;) {
      scanner.skipSpace();
      if (scanner.take("]")) return { kind: "list", items };
      scanner.expect(",");
      items.push(this.expression());
    }
  }

  #map(): Expression {
    const scanner = this.#scanner;
    const entries: (readonly [Expression, Expression])[] = [];
    for (;;) {
      scanner.skipSpace();
      if (scanner.take("}")) return { kind: "map", entries };
      if (entries.length > 0) scanner.expect(",");
      const key = this.expression();
      scanner.expect(":");
      entries.push([key, this.expression()]);
    }
  }

  /** `$a.b("c")[0]`, `$!a`, `${a.b}`; undefined where a dollar begins no reference, and nothing is taken then. */
  reference(): Reference | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    scanner.match(/\$\\?!?/y);
    const braced = scanner.take("{");
    const name = scanner.match(IDENTIFIER)?.[0];
    if (name === undefined) {
      scanner.at = start;
      return undefined;
    }
    const steps: Step[] = [];
    for (let step = this.#step(); step; step = this.#step()) steps.push(step);
    if (braced && !scanner.take("}")) throw scanner.unexpected("'}'");
    return { name, steps };
  }

  #step(): Step | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (scanner.take("[")) {
      const index = this.expression();
      scanner.expect("]");
      return { kind: "index", index };
    }
    if (!scanner.take(".")) return undefined;
    const name = scanner.match(IDENTIFIER)?.[0];
    if (name === undefined) {
      scanner.at = start;
      return undefined;
    }
    if (!scanner.take("(")) return { kind: "property", name };
    const args: Expression[] = [];
    scanner.skipSpace();
    while (!scanner.take(")")) {
      if (args.length > 0) scanner.expect(",");
      args.push(this.expression());
      scanner.skipSpace();
    }
    return { kind: "method", name, args };
  }
}

function fail(scanner: Scanner, wanted: string): never {
  throw scanner.unexpected(wanted);
}
