/** A step of a document path as it is written. */
export type PathPart = { readonly name: string } | { readonly placeholder: string } | { readonly index: number };

export interface PathNode {
  readonly kind: "path";
  readonly parts: readonly PathPart[];
}

export interface ValueNode {
  readonly kind: "value";
  /** With its colon. */
  readonly placeholder: string;
}

export interface FunctionNode {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly OperandNode[];
}

export type OperandNode = PathNode | ValueNode | FunctionNode;

export const COMPARATORS = ["=", "<>", "<", "<=", ">", ">="] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type ConditionNode =
  | { readonly kind: "and" | "or"; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly kind: "not"; readonly condition: ConditionNode }
  | {
      readonly kind: "comparison";
      readonly operator: Comparator;
      readonly left: OperandNode;
      readonly right: OperandNode;
    }
  | { readonly kind: "between"; readonly value: OperandNode; readonly low: OperandNode; readonly high: OperandNode }
  | { readonly kind: "in"; readonly value: OperandNode; readonly list: readonly OperandNode[] }
  | FunctionNode;

export type SetValueNode =
  | OperandNode
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-";
      readonly left: OperandNode;
      readonly right: OperandNode;
    };

export type UpdateActionNode =
  | { readonly kind: "SET"; readonly path: PathNode; readonly value: SetValueNode }
  | { readonly kind: "REMOVE"; readonly path: PathNode }
  | { readonly kind: "ADD" | "DELETE"; readonly path: PathNode; readonly value: ValueNode };
