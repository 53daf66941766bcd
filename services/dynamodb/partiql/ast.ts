import type { Span } from "./tokens.ts";

interface Node {
  readonly at: Span;
}

export type Step =
  | { readonly kind: "name"; readonly name: string; readonly at: Span }
  | { readonly kind: "index"; readonly index: Expression; readonly at: Span }
  | { readonly kind: "every"; readonly form: "[*]" | ".*"; readonly at: Span };

export interface NameNode extends Node {
  readonly kind: "name";
  readonly name: string;
}

export interface PathNode extends Node {
  readonly kind: "path";
  readonly root: Expression;
  readonly steps: readonly Step[];
}

export interface CallNode extends Node {
  readonly kind: "call";
  /** As it is written: names of functions have no case. */
  readonly name: string;
  readonly operands: readonly Expression[];
}

/** A list, a set, or more than one expression in parentheses. */
export interface SequenceNode extends Node {
  readonly kind: "list" | "bag";
  readonly elements: readonly Expression[];
}

export interface StructNode extends Node {
  readonly kind: "struct";
  readonly entries: readonly (readonly [key: Expression, value: Expression])[];
}

/** What stands between operands, `not`, and `-` before one operand. */
export interface OperatorNode extends Node {
  readonly kind: "operator";
  readonly operator: string;
  readonly operands: readonly Expression[];
}

export interface IsNode extends Node {
  readonly kind: "is";
  readonly operand: Expression;
  /** MISSING, STRING and so on. */
  readonly type: string;
}

export type Expression =
  | (Node & { readonly kind: "string"; readonly text: string })
  | (Node & { readonly kind: "number"; readonly text: string })
  | (Node & { readonly kind: "boolean"; readonly value: boolean })
  | (Node & { readonly kind: "null" | "missing" | "ion" })
  | (Node & { readonly kind: "parameter"; readonly index: number })
  | NameNode
  | PathNode
  | CallNode
  | SequenceNode
  | StructNode
  | OperatorNode
  | IsNode
  | SelectNode
  | InsertNode
  | UpdateNode
  | DeleteNode;

/** What FROM, INTO, UPDATE or DELETE FROM names. */
export interface SourceNode {
  readonly expression: Expression;
  readonly hasAlias: boolean;
}

export interface SelectNode extends Node {
  readonly kind: "select";
  /** Undefined for `*`. */
  readonly projection: readonly { readonly expression: Expression; readonly hasAlias: boolean }[] | undefined;
  readonly sources: readonly SourceNode[];
  readonly where: Expression | undefined;
  readonly order: readonly { readonly expression: Expression; readonly descending: boolean }[];
  /** The first of what DynamoDB has not, as its complaint. */
  readonly unsupported: (() => Error) | undefined;
}

export interface InsertNode extends Node {
  readonly kind: "insert";
  readonly target: Expression;
  readonly value: Expression;
  readonly unsupported: (() => Error) | undefined;
}

export interface Returning {
  readonly which: "ALL" | "MODIFIED";
  readonly when: "OLD" | "NEW";
}

export type ChangeNode =
  | { readonly kind: "set"; readonly target: Expression; readonly value: Expression }
  | { readonly kind: "remove"; readonly target: Expression };

export interface UpdateNode extends Node {
  readonly kind: "update";
  readonly source: SourceNode;
  readonly changes: readonly ChangeNode[];
  readonly where: Expression | undefined;
  readonly returning: Returning | undefined;
}

export interface DeleteNode extends Node {
  readonly kind: "delete";
  readonly source: SourceNode;
  readonly where: Expression | undefined;
  readonly returning: Returning | undefined;
}
