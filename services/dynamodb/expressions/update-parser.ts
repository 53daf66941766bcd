import type { FunctionNode, OperandNode, SetValueNode, UpdateActionNode, ValueNode } from "./ast.ts";
import { PathParser } from "./path-parser.ts";
import { Problems } from "./problems.ts";
import { invalidExpression, Tokens } from "./tokens.ts";

const SECTIONS = ["SET", "REMOVE", "ADD", "DELETE"] as const;
type Section = (typeof SECTIONS)[number];
const FUNCTIONS = ["if_not_exists", "list_append"];
const CONDITION_FUNCTIONS = [
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
];
const MAX_OPERATORS = 300;
/** Parentheses mean nothing here beyond one pair around an operand and one around a sum. */
const MAX_PARENTHESES = 100;

/**
 * Grammar of UpdateExpression: each section at most once, in any order; its actions in the order of the text.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export function parseUpdate(text: string): UpdateActionNode[] {
  return new UpdateParser(text).parse();
}

class UpdateParser {
  readonly #tokens: Tokens;
  readonly #problems: Problems;
  readonly #paths: PathParser;
  #operators = 0;
  #depth = 0;
  #closed = { open: -1, close: -1 };

  constructor(text: string) {
    this.#tokens = new Tokens("UpdateExpression", text);
    this.#problems = new Problems("UpdateExpression", [
      "parentheses",
      "reserved",
      "function",
      "use",
      "section",
      "size",
    ]);
    this.#paths = new PathParser(this.#tokens, this.#problems);
  }

  parse(): UpdateActionNode[] {
    const actions: UpdateActionNode[] = [];
    const seen = new Set<Section>();
    do {
      const section = SECTIONS.find((keyword) => this.#tokens.takeKeyword(keyword));
      if (!section) throw this.#tokens.syntaxError();
      if (seen.has(section)) {
        this.#problems.add("section", `The "${section}" section can only be used once in an update expression;`);
      }
      seen.add(section);
      do actions.push(this.#action(section));
      while (this.#tokens.takeSymbol(","));
    } while (this.#tokens.peek().kind !== "end");
    if (this.#operators > MAX_OPERATORS) {
      const problem = "The expression contains too many operators; operator count:";
      this.#problems.add("size", `${problem} ${MAX_OPERATORS + 1}`);
    }
    this.#problems.throwFirst();
    return actions;
  }

  #action(kind: Section): UpdateActionNode {
    const path = this.#paths.path();
    if (kind === "REMOVE") return { kind, path };
    if (kind !== "SET") return { kind, path, value: this.#value() };
    this.#tokens.expectSymbol("=");
    return { kind, path, value: this.#sum() };
  }

  #value(): ValueNode {
    if (this.#tokens.peek().kind !== ":value") throw this.#tokens.syntaxError();
    return { kind: "value", placeholder: this.#tokens.take().text };
  }

  /** One operand, or two with a plus or a minus between them; more need more actions. */
  #sum(): SetValueNode {
    const left = this.#tokens.isSymbol("(") ? this.#parenthesised(() => this.#sum()) : this.#operand();
    if (left.kind === "arithmetic") return left;
    const operator = (["+", "-"] as const).find((symbol) => this.#tokens.takeSymbol(symbol));
    if (!operator) return left;
    this.#operators++;
    const right = this.#operand();
    this.#requireNoLists([left, right]);
    return { kind: "arithmetic", operator, left, right };
  }

  #operand(): OperandNode {
    if (this.#tokens.isSymbol("(")) return this.#parenthesised(() => this.#operand());
    const token = this.#tokens.peek();
    if (token.kind === ":value") return this.#value();
    if (token.kind === "name" && this.#tokens.isSymbol("(", 1)) return this.#function();
    return this.#paths.path();
  }

  #function(): FunctionNode {
    const name = this.#tokens.take().text;
    this.#operators++;
    this.#tokens.expectSymbol("(");
    const operands = [this.#operand()];
    while (this.#tokens.takeSymbol(",")) operands.push(this.#operand());
    this.#tokens.expectSymbol(")");
    if (CONDITION_FUNCTIONS.includes(name)) {
      this.#problems.add("function", `The function is not allowed in an update expression; function: ${name}`);
    } else if (!FUNCTIONS.includes(name)) {
      this.#problems.add("function", `Invalid function name; function: ${name}`);
    }
    this.#requireNoLists(operands);
    return { kind: "function", name, operands };
  }

  /** list_append is a value by itself, of which nothing is made. */
  #requireNoLists(operands: readonly OperandNode[]): void {
    if (operands.some((operand) => operand.kind === "function" && operand.name === "list_append")) {
      const problem = "The function is not allowed to be used this way in an expression; function: list_append";
      this.#problems.add("use", problem);
    }
  }

  #parenthesised<T extends SetValueNode>(parse: () => T): T {
    const open = this.#tokens.position;
    this.#tokens.take();
    const redundant = "The expression has redundant parentheses;";
    if (++this.#depth > MAX_PARENTHESES) throw invalidExpression("UpdateExpression", redundant);
    const inner = parse();
    const close = this.#tokens.position;
    this.#tokens.expectSymbol(")");
    this.#depth--;
    if (this.#closed.open === open + 1 && this.#closed.close === close - 1) {
      this.#problems.add("parentheses", redundant);
    }
    this.#closed = { open, close };
    return inner;
  }
}
