import { invalidExpression, type ExpressionName } from "./tokens.ts";

/** `size`: beyond a limit (operators, list index, path); `use`: a known function in the wrong place. */
export type ProblemKind = "parentheses" | "function" | "use" | "reserved" | "section" | "size";

/**
 * What is wrong with an expression that is well-formed, whatever its placeholders stand for. AWS reports one problem: the first
 * one of the most urgent kind, not the first one in the text.
 */
export class Problems {
  readonly #expression: ExpressionName;
  readonly #urgency: readonly ProblemKind[];
  readonly #first = new Map<ProblemKind, string>();

  constructor(expression: ExpressionName, urgency: readonly ProblemKind[]) {
    this.#expression = expression;
    this.#urgency = urgency;
  }

  add(kind: ProblemKind, problem: string): void {
    if (!this.#first.has(kind)) this.#first.set(kind, problem);
  }

  /** @throws AwsError ValidationException */
  throwFirst(): void {
    const kind = this.#urgency.find((candidate) => this.#first.has(candidate));
    if (kind) throw invalidExpression(this.#expression, this.#first.get(kind)!);
  }
}
