import type { Expression, PathNode, SequenceNode, Step } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { invalidAt, notWellFormed } from "./errors.ts";
import { FUNCTION_KEYWORDS, TYPE_NAMES, UNSUPPORTED_TERMS } from "./keywords.ts";
import type { Span, Token } from "./tokens.ts";

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 10,
  and: 20,
  not: 30,
  "=": 40,
  "<>": 40,
  "!=": 40,
  is: 40,
  in: 40,
  "<": 50,
  "<=": 50,
  ">": 50,
  ">=": 50,
  between: 50,
  like: 50,
  "+": 60,
  "-": 60,
  "||": 60,
  "*": 70,
  "/": 70,
  "%": 70,
};
/** Keeps the recursion within the stack. */
const MAX_DEPTH = 200;

/** Expressions of PartiQL, as far as DynamoDB takes them and a little beyond, for its complaints. */
export class ExpressionParser {
  readonly #cursor: Cursor;
  readonly #statement: () => Expression | undefined;
  #depth = 0;

  /** @param statement reads SELECT, INSERT and so on, which may stand where a term may */
  constructor(cursor: Cursor, statement: () => Expression | undefined) {
    this.#cursor = cursor;
    this.#statement = statement;
  }

  /** Operators that bind more closely than `precedence`. @throws AwsError ValidationException */
  expression(precedence = 0): Expression {
    if (++this.#depth > MAX_DEPTH) throw notWellFormed();
    let left = this.#unary();
    for (;;) {
      const isNegated = this.#isNegatedOperator();
      const { kind, text } = this.#cursor.peek(isNegated ? 1 : 0);
      const binds = kind === "keyword" || kind === "symbol" ? PRECEDENCE[text] : undefined;
      if (binds === undefined || binds <= precedence || (text === "not" && !isNegated)) break;
      const not = isNegated ? this.#cursor.take() : undefined;
      const positive = this.#operator(left, this.#cursor.take(), binds);
      left = not === undefined ? positive : negated(positive, not.span);
    }
    this.#depth--;
    return left;
  }

  /** A name with its steps: what statements may be about. */
  simplePath(): Expression {
    const { kind } = this.#cursor.peek();
    if (kind !== "name" && kind !== "quoted") throw notWellFormed("Expected identifier for simple path");
    return this.#steps(this.#name(this.#cursor.take()), true);
  }

  /** `NOT` before IN, BETWEEN or LIKE. */
  #isNegatedOperator(): boolean {
    return (
      this.#cursor.isKeyword("not") && ["in", "between", "like"].some((keyword) => this.#cursor.isKeyword(keyword, 1))
    );
  }

  #operator(left: Expression, token: Token, binds: number): Expression {
    const at = token.span;
    switch (token.text) {
      case "is":
        return this.#is(left, at);
      case "between": {
        const low = this.expression(binds);
        this.#cursor.expectKeyword("and", "Expected AND after BETWEEN");
        return { kind: "operator", operator: "between", operands: [left, low, this.expression(binds)], at };
      }
      case "in": {
        const list = this.#cursor.isSymbol("(") ? this.#group() : this.expression(binds);
        return { kind: "operator", operator: "in", operands: [left, list], at };
      }
      default: {
        const operator = token.text === "!=" ? "<>" : token.text;
        return { kind: "operator", operator, operands: [left, this.expression(binds)], at };
      }
    }
  }

  #is(operand: Expression, at: Span): Expression {
    const not = this.#cursor.isKeyword("not") ? this.#cursor.take() : undefined;
    const type = TYPE_NAMES.get(this.#cursor.peek().kind === "keyword" ? this.#cursor.peek().text : "");
    if (type === undefined) throw notWellFormed("Expected type name");
    this.#cursor.take();
    const is: Expression = { kind: "is", operand, type, at };
    return not === undefined ? is : negated(is, at);
  }

  #unary(): Expression {
    const token = this.#cursor.peek();
    if (this.#cursor.takeKeywords("not")) return negated(this.expression(PRECEDENCE["not"]), token.span);
    if (!this.#cursor.isSymbol("-") && !this.#cursor.isSymbol("+")) return this.#steps(this.#term());
    if (++this.#depth > MAX_DEPTH) throw notWellFormed();
    this.#cursor.take();
    const operand = this.#unary();
    this.#depth--;
    // a sign is a part of the number that it stands before
    if (operand.kind !== "number")
      return { kind: "operator", operator: token.text, operands: [operand], at: token.span };
    if (token.text === "+") return operand;
    return { ...operand, text: operand.text.startsWith("-") ? operand.text.slice(1) : `-${operand.text}` };
  }

  #term(): Expression {
    const token = this.#cursor.peek();
    const at = token.span;
    switch (token.kind) {
      case "name":
      case "quoted":
        this.#cursor.take();
        return this.#cursor.isSymbol("(") ? this.#call(token) : this.#name(token);
      case "string":
        return { kind: "string", text: this.#cursor.take().text, at };
      case "number":
        return { kind: "number", text: this.#cursor.take().text, at };
      case "ion":
        this.#cursor.take();
        return { kind: "ion", at };
      case "keyword":
        return this.#keyword(token);
      case "symbol":
        return this.#symbol(token);
      case "end":
        throw notWellFormed("Unexpected term");
    }
  }

  #keyword({ text, span: at }: Token): Expression {
    const statement = this.#statement();
    if (statement !== undefined) return statement;
    if (UNSUPPORTED_TERMS.has(text)) throw invalidAt(`Unsupported token in expression: ${text.toUpperCase()}`, at);
    const token = this.#cursor.take();
    if (text === "true" || text === "false") return { kind: "boolean", value: text === "true", at };
    if (text === "null" || text === "missing") return { kind: text, at };
    if (FUNCTION_KEYWORDS.has(text) && this.#cursor.isSymbol("(")) return this.#call(token);
    throw notWellFormed("Unexpected keyword");
  }

  #symbol({ text, span: at }: Token): Expression {
    switch (text) {
      case "?":
        this.#cursor.take();
        return { kind: "parameter", index: this.#cursor.takeParameter(), at };
      case "(": {
        const group = this.#group();
        if (group.elements.length === 0) throw notWellFormed("Expression group cannot be empty");
        return group.elements.length === 1 ? group.elements[0]! : group;
      }
      case "[":
        this.#cursor.take();
        return { kind: "list", elements: this.#listed("]"), at };
      case "<<":
        this.#cursor.take();
        return { kind: "bag", elements: this.#listed(">>"), at };
      case "{":
        this.#cursor.take();
        return { kind: "struct", entries: this.#entries(), at };
      case "@": {
        // the operator of lexical scope: DynamoDB has one scope only
        const { kind } = this.#cursor.peek(1);
        if (kind !== "name" && kind !== "quoted") throw notWellFormed("Identifier must follow @-operator");
        this.#cursor.take();
        return this.#name(this.#cursor.take());
      }
      default:
        throw notWellFormed("<>=!=<=>=||*/%".includes(text) ? "Unexpected operator" : "Unexpected term");
    }
  }

  #name = ({ text, span }: Token): Expression => ({ kind: "name", name: text, at: span });

  #call(name: Token): Expression {
    this.#cursor.take();
    // COUNT(*), which DynamoDB knows as little as any other call with a star
    if (this.#cursor.isSymbol("*") && this.#cursor.isSymbol(")", 1)) {
      this.#cursor.take();
      this.#cursor.take();
      return { kind: "call", name: name.text, operands: [], at: name.span };
    }
    return { kind: "call", name: name.text, operands: this.#listed(")"), at: name.span };
  }

  #group(): SequenceNode {
    const { span } = this.#cursor.take();
    return { kind: "list", elements: this.#listed(")"), at: span };
  }

  /** Expressions with commas between them, and what closes them. */
  #listed(closing: string): Expression[] {
    const elements: Expression[] = [];
    if (this.#cursor.takeSymbol(closing)) return elements;
    do elements.push(this.expression());
    while (this.#cursor.takeSymbol(","));
    this.#cursor.expectSymbol(closing, `Expected '${closing}'`);
    return elements;
  }

  #entries(): (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = [];
    if (this.#cursor.takeSymbol("}")) return entries;
    do {
      const key = this.expression();
      this.#cursor.expectSymbol(":", "Expected ':'");
      entries.push([key, this.expression()]);
    } while (this.#cursor.takeSymbol(","));
    this.#cursor.expectSymbol("}", "Expected '}'");
    return entries;
  }

  #steps(root: Expression, isSimple = false): Expression {
    const steps: Step[] = [];
    for (;;) {
      if (this.#cursor.takeSymbol(".")) steps.push(this.#dotStep(isSimple));
      else if (this.#cursor.takeSymbol("[")) steps.push(this.#indexStep());
      else break;
    }
    return steps.length === 0 ? root : ({ kind: "path", root, steps, at: root.at } satisfies PathNode);
  }

  #dotStep(isSimple: boolean): Step {
    const { kind, text, span: at } = this.#cursor.peek();
    if (kind === "name" || kind === "quoted") {
      this.#cursor.take();
      return { kind: "name", name: text, at };
    }
    if (isSimple && text === "*") throw notWellFormed("Invalid path dot component for simple path");
    if (!this.#cursor.takeSymbol("*")) throw notWellFormed("Invalid path dot component");
    return { kind: "every", form: ".*", at };
  }

  #indexStep(): Step {
    const at = this.#cursor.peek().span;
    if (this.#cursor.isSymbol("*") && this.#cursor.isSymbol("]", 1)) {
      this.#cursor.take();
      this.#cursor.take();
      return { kind: "every", form: "[*]", at };
    }
    const index = this.expression();
    this.#cursor.expectSymbol("]", "Expected ']'");
    return { kind: "index", index, at: index.at };
  }
}

const negated = (operand: Expression, at: Span): Expression => ({
  kind: "operator",
  operator: "not",
  operands: [operand],
  at,
});
