/** A template as it was parsed. Text is plain strings. */
export type Node =
  | string
  | ReferenceNode
  | SetNode
  | IfNode
  | ForeachNode
  | CallNode
  | DefineNode
  | BreakNode
  | StopNode;

export interface Reference {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: "property"; readonly name: string }
  | { readonly kind: "method"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "index"; readonly index: Expression };

export interface ReferenceNode {
  readonly kind: "reference";
  readonly reference: Reference;
  /** As it stands in the template, `$!{a.b}`. */
  readonly source: string;
  /** Number of backslashes before it. */
  readonly backslashes: number;
}

export interface SetNode {
  readonly kind: "set";
  readonly target: Reference;
  readonly value: Expression;
}

export interface IfNode {
  readonly kind: "if";
  readonly branches: readonly { readonly condition: Expression; readonly body: readonly Node[] }[];
  readonly otherwise: readonly Node[];
}

export interface ForeachNode {
  readonly kind: "foreach";
  readonly variable: string;
  readonly items: Expression;
  readonly body: readonly Node[];
}

/** A call of a macro; text where there is no such macro. */
export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly source: string;
}

export interface DefineNode {
  readonly kind: "define";
  readonly name: string;
  readonly body: readonly Node[];
}

export interface BreakNode {
  readonly kind: "break";
}

export interface StopNode {
  readonly kind: "stop";
}

export interface Macro {
  readonly parameters: readonly string[];
  readonly body: readonly Node[];
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||";

export type Expression =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "interpolated"; readonly body: readonly Node[] }
  | { readonly kind: "variable"; readonly reference: Reference }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "range"; readonly from: Expression; readonly to: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "negate"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };
