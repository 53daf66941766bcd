import type { Expression, ForeachNode, IfNode, Macro, Node, SetNode } from "./ast.ts";
import { ExpressionParser } from "./parse-expression.ts";
import { Scanner } from "./scanner.ts";
import { VtlError } from "./values.ts";

export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  readonly macros: ReadonlyMap<string, Macro>;
}

/** Blocks nest no deeper. */
const DEEPEST = 100;

const TEXT = /[^$#\\]+/y;
const DIRECTIVE = /#(?:\{([A-Za-z]+)\}|(@?[A-Za-z][A-Za-z0-9_-]*))/y;
const BUILT_IN = new Set(["set", "if", "elseif", "else", "end", "foreach", "macro", "define", "break", "stop"]);
const REFUSED = new Set(["include", "parse", "evaluate"]);

/**
 * Reads a template as Velocity 1.7 does.
 * @throws VtlError where the template is not well-formed
 */
export function parseTemplate(text: string): ParsedTemplate {
  const macros = new Map<string, Macro>();
  const parser = new TemplateParser(text, macros);
  return { nodes: parser.whole(), macros };
}

type End = "end" | "else" | "elseif" | undefined;

class TemplateParser {
  readonly #scanner: Scanner;
  readonly #macros: Map<string, Macro>;
  readonly #expressions: ExpressionParser;
  #nodes: Node[] = [];
  #depth = 0;

  constructor(text: string, macros: Map<string, Macro>) {
    this.#scanner = new Scanner(text);
    this.#macros = macros;
    this.#expressions = new ExpressionParser(this.#scanner, (inner) => new TemplateParser(inner, macros).whole());
  }

  whole(): Node[] {
    const { nodes, end } = this.#block();
    // `#end` without a beginning is a mistake, as everywhere
    if (end !== undefined) throw this.#scanner.unexpected(`no #${end} here`);
    return nodes;
  }

  /** Reads up to the directive that ends a block, which is taken. */
  #block(): { nodes: Node[]; end: End } {
    if (++this.#depth > DEEPEST) throw new VtlError("The template is nested too deeply");
    const outer = this.#nodes;
    this.#nodes = [];
    let end: End;
    while (!this.#scanner.ended && end === undefined) end = this.#next();
    const nodes = this.#nodes;
    this.#nodes = outer;
    this.#depth--;
    return { nodes, end };
  }

  #closedBlock(): Node[] {
    const { nodes, end } = this.#block();
    if (end !== "end") throw this.#scanner.unexpected("#end");
    return nodes;
  }

  #text(text: string): void {
    if (text === "") return;
    const last = this.#nodes.at(-1);
    if (typeof last === "string") this.#nodes[this.#nodes.length - 1] = last + text;
    else this.#nodes.push(text);
  }

  #next(): End {
    const scanner = this.#scanner;
    const plain = scanner.match(TEXT)?.[0];
    if (plain !== undefined) {
      this.#text(plain);
      return undefined;
    }
    const backslashes = scanner.match(/\\+/y)?.[0].length ?? 0;
    if (scanner.text[scanner.at] === "$") this.#reference(backslashes);
    else if (scanner.text[scanner.at] === "#") return this.#hash(backslashes);
    else this.#text("\\".repeat(backslashes));
    return undefined;
  }

  #reference(backslashes: number): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    const reference = this.#expressions.reference();
    if (!reference) {
      scanner.at++;
      this.#text(`${"\\".repeat(backslashes)}$`);
      return;
    }
    const source = scanner.text.slice(start, scanner.at);
    this.#nodes.push({ kind: "reference", reference, source, backslashes });
  }

  #hash(backslashes: number): End {
    const scanner = this.#scanner;
    if (backslashes === 0 && this.#comment()) return undefined;
    const start = scanner.at;
    const found = scanner.match(DIRECTIVE);
    const name = found && this.#directiveName(found[1] ?? found[2] ?? "", start);
    if (name === undefined) {
      scanner.at = start + 1;
      this.#text(`${"\\".repeat(backslashes)}#`);
      return undefined;
    }
    const isKnown = BUILT_IN.has(name) || this.#macros.has(name);
    if (backslashes % 2 === 1 && isKnown) {
      this.#text("\\".repeat((backslashes - 1) / 2) + scanner.text.slice(start, scanner.at));
      return undefined;
    }
    this.#text("\\".repeat(isKnown ? backslashes / 2 : backslashes));
    return this.#directive(name, start);
  }

  /** `#end-` is an end with a dash behind it; `#endpoint` and `#elsewhere` are words like any other. */
  #directiveName(name: string, start: number): string {
    if (BUILT_IN.has(name) || this.#macros.has(name) || this.#scanner.text[start + 1] === "{") return name;
    const short = /^(?:end|elseif|else)(?=-)/.exec(name)?.[0];
    if (short === undefined) return name;
    this.#scanner.at = start + 1 + short.length;
    return short;
  }

  #comment(): boolean {
    const scanner = this.#scanner;
    const raw = scanner.match(/#\[\[([\s\S]*?)\]\]#/y);
    if (raw) this.#text(raw[1] ?? "");
    if (raw || scanner.match(/#\*[\s\S]*?\*#/y)) return true;
    return scanner.match(/##[^\r\n]*(?:\r\n|\n|\r)?/y) !== undefined;
  }

  #directive(name: string, start: number): End {
    const scanner = this.#scanner;
    switch (name) {
      case "set":
        this.#set();
        return undefined;
      case "if":
        this.#nodes.push(this.#if());
        return undefined;
      case "foreach":
        this.#nodes.push(this.#foreach());
        return undefined;
      case "macro":
        this.#macro();
        return undefined;
      case "define":
        this.#define();
        return undefined;
      case "break":
      case "stop":
        this.#nodes.push({ kind: name });
        return undefined;
      case "end":
      case "else":
        scanner.skipLineEnd();
        return name;
      case "elseif":
        return name;
      default:
        if (REFUSED.has(name) && scanner.text[scanner.at] === "(") {
          throw new VtlError(`#${name} is not supported in mapping templates`);
        }
        this.#call(name, start);
        return undefined;
    }
  }

  /** Whitespace before a #set is a part of it. */
  #set(): void {
    const last = this.#nodes.at(-1);
    if (typeof last === "string") this.#nodes[this.#nodes.length - 1] = last.replace(/[ \t]+$/, "");
    const scanner = this.#scanner;
    scanner.expect("(");
    scanner.skipSpace();
    const target = scanner.text[scanner.at] === "$" ? this.#expressions.reference() : undefined;
    if (!target) throw scanner.unexpected("a reference");
    scanner.expect("=");
    const node: SetNode = { kind: "set", target, value: this.#expressions.expression() };
    this.#nodes.push(node);
    this.#closeParenthesis();
  }

  #closeParenthesis(): void {
    this.#scanner.expect(")");
    this.#scanner.skipLineEnd();
  }

  #condition(): Expression {
    this.#scanner.expect("(");
    const condition = this.#expressions.expression();
    this.#closeParenthesis();
    return condition;
  }

  #if(): IfNode {
    const branches: { condition: Expression; body: Node[] }[] = [];
    for (;;) {
      const condition = this.#condition();
      const { nodes: body, end } = this.#block();
      branches.push({ condition, body });
      if (end === "elseif") continue;
      if (end === undefined) throw this.#scanner.unexpected("#end");
      return { kind: "if", branches, otherwise: end === "else" ? this.#closedBlock() : [] };
    }
  }

  #foreach(): ForeachNode {
    const scanner = this.#scanner;
    scanner.expect("(");
    const variable = this.#plainName();
    scanner.skipSpace();
    if (!scanner.match(/in\b/y)) throw scanner.unexpected("'in'");
    const items = this.#expressions.expression();
    this.#closeParenthesis();
    return { kind: "foreach", variable, items, body: this.#closedBlock() };
  }

  /** `$name`, of a loop's variable and the like. */
  #plainName(): string {
    this.#scanner.skipSpace();
    const name = this.#scanner.match(/\$!?\{?([A-Za-z_][A-Za-z0-9_-]*)\}?/y)?.[1];
    if (name === undefined) throw this.#scanner.unexpected("a variable");
    return name;
  }

  #macro(): void {
    const scanner = this.#scanner;
    scanner.expect("(");
    scanner.skipSpace();
    const name = scanner.match(/[A-Za-z][A-Za-z0-9_-]*/y)?.[0];
    if (name === undefined) throw scanner.unexpected("the name of a macro");
    const parameters: string[] = [];
    scanner.match(/[\s,]*/y);
    while (scanner.text[scanner.at] === "$") {
      parameters.push(this.#plainName());
      scanner.match(/[\s,]*/y);
    }
    this.#closeParenthesis();
    const macro = { parameters, body: [] as Node[] };
    this.#macros.set(name, macro);
    macro.body.push(...this.#closedBlock());
  }

  #define(): void {
    this.#scanner.expect("(");
    const name = this.#plainName();
    this.#closeParenthesis();
    this.#nodes.push({ kind: "define", name, body: this.#closedBlock() });
  }

  /** What looks like a call of a macro and cannot be one is text. */
  #call(name: string, start: number): void {
    const scanner = this.#scanner;
    const behindName = scanner.at;
    const args: Expression[] = [];
    try {
      scanner.match(/[ \t]*/y);
      if (!scanner.take("(")) throw scanner.unexpected("'('");
      scanner.match(/[\s,]*/y);
      while (!scanner.take(")")) {
        args.push(this.#expressions.primary());
        scanner.match(/[\s,]*/y);
      }
    } catch (error) {
      if (!(error instanceof VtlError) || this.#macros.has(name)) throw error;
      scanner.at = behindName;
      this.#text(scanner.text.slice(start, behindName));
      return;
    }
    if (this.#macros.has(name)) scanner.skipLineEnd();
    this.#nodes.push({ kind: "call", name, args, source: scanner.text.slice(start, scanner.at) });
  }
}
