import { mathError } from "./model.ts";

export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Node[];
}

export type Node =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "id"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "negate"; readonly of: Node }
  | { readonly kind: "not"; readonly of: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | CallNode;

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[-+*/^%<>!()[\],]))/y;

/** How tightly an operator binds; `^` binds to the right. */
const BINDING: Readonly<Record<string, number>> = {
  "||": 1,
  OR: 1,
  "&&": 2,
  AND: 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
  "^": 8,
};
const UNARY = 7;
/** Nesting beyond this is refused, so that no expression exhausts the stack. */
const DEEPEST = 100;

interface Token {
  readonly kind: "number" | "text" | "word" | "sign" | "end";
  readonly text: string;
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const text = expression.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw mathError(`Unexpected character at position ${at + 1} of '${expression}'`);
    const [, number, quoted, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.slice(1, -1).replaceAll(/\\(.)/g, "$1") });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else tokens.push({ kind: "sign", text: sign ?? "" });
  }
  return [...tokens, { kind: "end", text: "end of expression" }];
}

/** Reads a metric math expression. @throws ValidationError */
export function parseExpression(expression: string): Node {
  return new Parser(tokenize(expression)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const node = this.#expression(0);
    if (this.#peek().kind !== "end") throw this.#unexpected();
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "end of expression" };
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "sign" || text !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected();
  }

  #unexpected() {
    return mathError(`Unexpected '${this.#peek().text}'`);
  }

  #expression(least: number): Node {
    if (++this.#depth > DEEPEST) throw mathError("The expression is nested too deeply");
    let left = this.#operand();
    for (;;) {
      const { kind, text } = this.#peek();
      const binding = kind === "sign" || kind === "word" ? BINDING[text] : undefined;
      if (binding === undefined || binding < least) break;
      this.#at++;
      const right = this.#expression(text === "^" ? binding : binding + 1);
      left = { kind: "binary", operator: text, left, right };
    }
    this.#depth--;
    return left;
  }

  #operand(): Node {
    if (this.#take("-")) return { kind: "negate", of: this.#expression(UNARY) };
    if (this.#take("!")) return { kind: "not", of: this.#expression(UNARY) };
    if (this.#take("(")) {
      const inner = this.#expression(0);
      this.#expect(")");
      return inner;
    }
    if (this.#take("[")) return { kind: "list", items: this.#items("]") };
    const token = this.#peek();
    this.#at++;
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "text") return { kind: "text", value: token.text };
    if (token.kind === "word" && BINDING[token.text] === undefined) {
      return this.#take("(")
        ? { kind: "call", name: token.text, args: this.#items(")") }
        : { kind: "id", name: token.text };
    }
    this.#at--;
    throw this.#unexpected();
  }

  #items(close: string): Node[] {
    if (this.#take(close)) return [];
    const items = [this.#expression(0)];
    while (this.#take(",")) items.push(this.#expression(0));
    this.#expect(close);
    return items;
  }
}

export const INSIGHT_RULE_METRIC = "INSIGHT_RULE_METRIC";

/** The ids that an expression names. */
export const idsOf = (root: Node): string[] =>
  [...nodesIn(root)].flatMap((node) => (node.kind === "id" ? node.name : []));

/** The rules of Contributor Insights that an expression reads. */
export const insightRulesOf = (root: Node): string[] => [...nodesIn(root)].flatMap((node) => insightRuleOf(node) ?? []);

/** Rules are named by texts alone, never by what is calculated: what an expression reads is told before it is evaluated. */
export function insightRuleOf(node: Node): string | undefined {
  if (node.kind !== "call" || node.name !== INSIGHT_RULE_METRIC) return undefined;
  const [rule] = node.args;
  return rule?.kind === "text" ? rule.value : undefined;
}

/** A node and all nodes below it. */
function* nodesIn(root: Node): Generator<Node> {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    waiting.push(...partsOf(node));
  }
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "list":
      return node.items;
    case "negate":
    case "not":
      return [node.of];
    case "binary":
      return [node.left, node.right];
    case "call":
      return node.args;
    default:
      return [];
  }
}
