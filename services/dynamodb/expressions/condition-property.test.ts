import fc from "fast-check";
import type { AttributeValue, Item } from "../attribute-value.ts";
import { bindExpressions } from "./index.ts";

type Values = Record<string, object>;

/** Conditions over the attributes a and b, as trees: written out as text with all parentheses, and evaluated by themselves. */
type Tree =
  | { op: "AND" | "OR"; left: Tree; right: Tree }
  | { op: "NOT"; inner: Tree }
  | { op: "exists"; name: "a" | "b" }
  | { op: "=" | "<>" | "<" | "<=" | ">" | ">="; name: "a" | "b"; value: AttributeValue }
  | { op: "IN"; name: "a" | "b"; list: AttributeValue[] };

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.integer({ min: -2, max: 2 }).map((n) => ({ N: String(n) })),
  fc.constantFrom("", "a", "b").map((S) => ({ S })),
);
const name = fc.constantFrom("a" as const, "b" as const);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium" },
    fc.record({ op: fc.constantFrom("=", "<>", "<", "<=", ">", ">="), name, value: scalar }),
    fc.record({ op: fc.constant("exists"), name }),
    fc.record({ op: fc.constant("IN"), name, list: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: fc.constantFrom("AND", "OR"), left: tie("tree"), right: tie("tree") }),
    fc.record({ op: fc.constant("NOT"), inner: tie("tree") }),
  ) as fc.Arbitrary<Tree>,
}));

function write(node: Tree, values: Values): string {
  const placeholder = (value: AttributeValue): string => {
    const key = `:v${Object.keys(values).length}`;
    values[key] = value;
    return key;
  };
  switch (node.op) {
    case "AND":
    case "OR":
      return `(${write(node.left, values)}) ${node.op} (${write(node.right, values)})`;
    case "NOT":
      return `NOT (${write(node.inner, values)})`;
    case "exists":
      return `attribute_exists(${node.name})`;
    case "IN":
      return `${node.name} IN (${node.list.map(placeholder).join(", ")})`;
    default:
      return `${node.name} ${node.op} ${placeholder(node.value)}`;
  }
}

function holds(node: Tree, item: Item): boolean {
  switch (node.op) {
    case "AND":
      return holds(node.left, item) && holds(node.right, item);
    case "OR":
      return holds(node.left, item) || holds(node.right, item);
    case "NOT":
      return !holds(node.inner, item);
    case "exists":
      return item[node.name] !== undefined;
    case "IN":
      return node.list.some((value) => JSON.stringify(value) === JSON.stringify(item[node.name]));
    default:
      return compares(node.op, item[node.name], node.value);
  }
}

function compares(op: string, left: AttributeValue | undefined, right: AttributeValue): boolean {
  const same = JSON.stringify(left) === JSON.stringify(right);
  if (op === "=") return same;
  if (op === "<>") return !same;
  if (left === undefined) return false;
  const [a, b] =
    "N" in left && "N" in right
      ? [Number(left.N), Number(right.N)]
      : "S" in left && "S" in right
        ? [left.S, right.S]
        : [];
  if (a === undefined || b === undefined) return false;
  return op === "<" ? a < b : op === "<=" ? a <= b : op === ">" ? a > b : a >= b;
}

describe("Condition expressions", () => {
  it("evaluates random conditions as their meaning says", () => {
    fc.assert(
      fc.property(tree, fc.record({ a: scalar, b: scalar }, { requiredKeys: [] }), (node, attributes) => {
        const values: Values = {};
        const text = write(node, values);
        const ExpressionAttributeValues = Object.keys(values).length > 0 ? values : undefined;
        const { filter } = bindExpressions({ FilterExpression: text, ExpressionAttributeValues });
        expect(filter!.matches(attributes as Item)).toBe(holds(node, attributes as Item));
      }),
      { numRuns: 2000 },
    );
  });
});
