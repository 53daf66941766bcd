import { COMPARATORS, type Comparator, type ConditionNode, type FunctionNode, type OperandNode } from "./ast.ts";
import { PathParser } from "./path-parser.ts";
import { Problems } from "./problems.ts";
import { invalidExpression, Tokens, type ExpressionName } from "./tokens.ts";

const FUNCTIONS = ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"];
const UPDATE_FUNCTIONS = ["if_not_exists", "list_append"];
const MAX_OPERATORS = 300;
const MAX_IN_OPERANDS = 100;
/** Deeper than any expression of 300 operators without redundant parentheses: keeps the recursion within the stack. */
const MAX_PARENTHESES = 350;

/** A parenthesised thing may turn out to be an operand or a condition: `(a) > b`, `(a > b)`. */
type Parsed = ConditionNode | OperandNode;

const isOperand = (node: Parsed): node is OperandNode =>
  node.kind === "path" || node.kind === "value" || node.kind === "function";

/**
 * Grammar of ConditionExpression, FilterExpression and KeyConditionExpression.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function parseCondition(expression: ExpressionName, text: string): ConditionNode {
  return new ConditionParser(expression, text).parse();
}

class ConditionParser {
  readonly #tokens: Tokens;
  readonly #problems: Problems;
  readonly #paths: PathParser;
  #operators = 0;
  #depth = 0;
  /** The pair of parentheses that closed last, by the positions of its tokens. */
  #closed = { open: -1, close: -1 };

  constructor(expression: ExpressionName, text: string) {
    this.#tokens = new Tokens(expression, text);
    this.#problems = new Problems(expression, ["parentheses", "function", "use", "reserved", "size"]);
    this.#paths = new PathParser(this.#tokens, this.#problems);
  }

  parse(): ConditionNode {
    const condition = this.#condition(this.#or());
    this.#tokens.expectEnd();
    if (this.#operators > MAX_OPERATORS) this.#problems.add("size", this.#tooManyOperators());
    this.#problems.throwFirst();
    return condition;
  }

  #tooManyOperators(): string {
    return `The expression contains too many operators; operator count: ${MAX_OPERATORS + 1}`;
  }

  #or(): Parsed {
    let left = this.#and();
    while (this.#tokens.isKeyword("OR")) left = this.#binary("or", left, () => this.#and());
    return left;
  }

  #and(): Parsed {
    let left = this.#not();
    while (this.#tokens.isKeyword("AND")) left = this.#binary("and", left, () => this.#not());
    return left;
  }

  #binary(kind: "and" | "or", left: Parsed, parseRight: () => Parsed): ConditionNode {
    const condition = this.#condition(left);
    this.#tokens.take();
    this.#operators++;
    return { kind, left: condition, right: this.#condition(parseRight()) };
  }

  #not(): Parsed {
    // a loop, as NOT may stand a thousand times before a condition
    let negations = 0;
    while (this.#tokens.takeKeyword("NOT")) negations++;
    const parsed = this.#comparison();
    if (negations === 0) return parsed;
    this.#operators += negations;
    let condition = this.#condition(parsed);
    for (let i = 0; i < Math.min(negations, MAX_OPERATORS); i++) condition = { kind: "not", condition };
    return condition;
  }

  #comparison(): Parsed {
    const left = this.#tokens.isSymbol("(") ? this.#parenthesised(() => this.#or()) : this.#operand();
    if (!isOperand(left)) return left;
    const token = this.#tokens.peek();
    if (token.kind === "symbol" && (COMPARATORS as readonly string[]).includes(token.text)) {
      this.#tokens.take();
      this.#operators++;
      const right = this.#operand();
      this.#checkOperands([left, right]);
      return { kind: "comparison", operator: token.text as Comparator, left, right };
    }
    if (this.#tokens.takeKeyword("BETWEEN")) return this.#between(left);
    if (this.#tokens.takeKeyword("IN")) return this.#in(left);
    return left;
  }

  #between(value: OperandNode): ConditionNode {
    this.#operators++;
    const low = this.#operand();
    this.#tokens.expectKeyword("AND");
    const high = this.#operand();
    this.#checkOperands([value, low, high]);
    return { kind: "between", value, low, high };
  }

  #in(value: OperandNode): ConditionNode {
    this.#operators++;
    this.#tokens.expectSymbol("(");
    const list = this.#operands();
    this.#checkOperands([value, ...list]);
    if (list.length > MAX_IN_OPERANDS) {
      const problem = "The IN operator is provided with too many operands; number of operands:";
      this.#problems.add("size", `${problem} ${list.length}`);
    }
    return { kind: "in", value, list };
  }

  #operand(): OperandNode {
    if (this.#tokens.isSymbol("(")) return this.#parenthesised(() => this.#operand());
    const token = this.#tokens.peek();
    if (token.kind === ":value") {
      this.#tokens.take();
      return { kind: "value", placeholder: token.text };
    }
    if (token.kind === "name" && this.#tokens.isSymbol("(", 1)) return this.#function();
    return this.#paths.path();
  }

  #function(): FunctionNode {
    const name = this.#tokens.take().text;
    this.#tokens.expectSymbol("(");
    const operands = this.#operands();
    this.#checkOperands(operands);
    if (UPDATE_FUNCTIONS.includes(name)) {
      this.#problems.add("function", `The function is not allowed in a condition expression; function: ${name}`);
    } else if (!FUNCTIONS.includes(name)) {
      this.#problems.add("function", `Invalid function name; function: ${name}`);
    }
    return { kind: "function", name, operands };
  }

  /** Operands and the closing parenthesis. */
  #operands(): OperandNode[] {
    const operands = [this.#operand()];
    while (this.#tokens.takeSymbol(",")) operands.push(this.#operand());
    this.#tokens.expectSymbol(")");
    return operands;
  }

  #parenthesised<T extends Parsed>(parse: () => T): T {
    const open = this.#tokens.position;
    this.#tokens.take();
    if (++this.#depth > MAX_PARENTHESES) {
      const problem =
        this.#operators > MAX_OPERATORS ? this.#tooManyOperators() : "The expression has redundant parentheses;";
      throw invalidExpression(this.#tokens.expression, problem);
    }
    const inner = parse();
    const close = this.#tokens.position;
    this.#tokens.expectSymbol(")");
    this.#depth--;
    if (this.#closed.open === open + 1 && this.#closed.close === close - 1) {
      this.#problems.add("parentheses", "The expression has redundant parentheses;");
    }
    this.#closed = { open, close };
    if (inner.kind !== "path") return inner;
    return this.#paths.pathFrom(inner.parts) as OperandNode as T;
  }

  /** Only size answers a value; the other functions are conditions. */
  #checkOperands(operands: readonly OperandNode[]): void {
    for (const operand of operands) {
      if (operand.kind === "function" && operand.name !== "size") this.#misused(operand.name);
    }
  }

  #condition(parsed: Parsed): ConditionNode {
    if (parsed.kind === "path" || parsed.kind === "value") throw this.#tokens.syntaxError();
    if (parsed.kind === "function" && parsed.name === "size") this.#misused(parsed.name);
    return parsed;
  }

  #misused(name: string): void {
    this.#problems.add("use", `The function is not allowed to be used this way in an expression; function: ${name}`);
  }
}
