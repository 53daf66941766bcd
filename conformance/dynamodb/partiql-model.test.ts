import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { PartiQl } from "./partiql-support.ts";
import { attributes, createSorted, globalIndex, putAll, useDynamoDb, type Item } from "./support.ts";

const { client } = useDynamoDb();
const sql = new PartiQl(client);

/** Rows of a table, as values of JavaScript; what is not there is undefined. */
interface Row {
  readonly pk: string;
  readonly sk: number;
  readonly a?: number | string;
  readonly b?: string;
}
const ROWS: readonly Row[] = ["p", "q", "r"].flatMap((pk, i) =>
  [-1, 0, 1, 2.5, 10].map((sk, j): Row => {
    const n = i * 5 + j;
    return {
      pk,
      sk,
      ...(n % 4 !== 0 && { a: n % 3 === 0 ? String(n % 5) : n % 5 }),
      ...(n % 3 !== 1 && { b: ["x", "xy", "y"][n % 3]! }),
    };
  }),
);
const valueOf = (value: number | string): AttributeValue =>
  typeof value === "number" ? { N: String(value) } : { S: value };
const itemOf = (row: Row): Item =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueOf(value as number | string)]));

/** A condition as a tree, which is written out as text and evaluated by itself. */
type Name = keyof Row;
type Literal = number | string;
type Tree =
  | { readonly op: "AND" | "OR"; readonly left: Tree; readonly right: Tree }
  | { readonly op: "NOT"; readonly inner: Tree }
  | { readonly op: "=" | "<>" | "<" | "<=" | ">" | ">="; readonly name: Name; readonly value: Literal }
  | { readonly op: "BETWEEN"; readonly name: Name; readonly low: number; readonly high: number }
  | { readonly op: "IN"; readonly name: Name; readonly list: readonly Literal[] }
  | { readonly op: "IS MISSING" | "IS NOT MISSING"; readonly name: Name }
  | { readonly op: "begins_with" | "contains"; readonly name: "b"; readonly value: string };

const numbers = fc.constantFrom(-1, 0, 1, 2, 2.5, 3, 10);
const texts = fc.constantFrom("0", "1", "x", "xy", "y");
/** Keys are compared with values of their own type only: others are refused. */
const compared = fc.oneof(
  fc.record({ name: fc.constant("pk" as const), value: fc.constantFrom("p", "q", "r", "s") }),
  fc.record({ name: fc.constant("sk" as const), value: numbers }),
  fc.record({ name: fc.constantFrom("a" as const, "b" as const), value: fc.oneof(numbers, texts) }),
);
const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.tuple(fc.constantFrom("=", "=", "<>", "<", "<=", ">", ">="), compared).map(([op, of]) => ({ op, ...of })),
  fc
    .tuple(fc.constantFrom("sk" as const, "a" as const), numbers, numbers)
    .map(([name, x, y]): Tree => ({ op: "BETWEEN", name, low: Math.min(x, y), high: Math.max(x, y) })),
  fc
    .oneof(
      fc.record({
        name: fc.constant("pk" as const),
        list: fc.array(fc.constantFrom("p", "q", "s"), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        name: fc.constantFrom("sk" as const, "a" as const),
        list: fc.array(numbers, { minLength: 1, maxLength: 3 }),
      }),
    )
    .map((of): Tree => ({ op: "IN", ...of })),
  fc.record({
    op: fc.constantFrom("IS MISSING" as const, "IS NOT MISSING" as const),
    name: fc.constantFrom("a" as const, "b" as const),
  }),
  fc.record({
    op: fc.constantFrom("begins_with" as const, "contains" as const),
    name: fc.constant("b" as const),
    value: texts,
  }),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.record({ op: fc.constantFrom("AND", "AND", "OR"), left: tie("tree"), right: tie("tree") }),
    fc.record({ op: fc.constant("NOT"), inner: tie("tree") }),
  ) as fc.Arbitrary<Tree>,
}));

/** The text of a condition; values are parameters or literals, in turn. */
function write(node: Tree, parameters: AttributeValue[], turn = { next: 0 }): string {
  const literal = (value: Literal): string => {
    if (turn.next++ % 2 === 0) return typeof value === "number" ? String(value) : `'${value}'`;
    parameters.push(valueOf(value));
    return "?";
  };
  switch (node.op) {
    case "AND":
    case "OR":
      return `(${write(node.left, parameters, turn)} ${node.op} ${write(node.right, parameters, turn)})`;
    case "NOT":
      return `NOT (${write(node.inner, parameters, turn)})`;
    case "BETWEEN":
      return `${node.name} BETWEEN ${literal(node.low)} AND ${literal(node.high)}`;
    case "IN":
      return `${node.name} IN [${node.list.map(literal).join(", ")}]`;
    case "IS MISSING":
    case "IS NOT MISSING":
      return `"${node.name}" ${node.op}`;
    case "begins_with":
    case "contains":
      return `${node.op}(${node.name}, ${literal(node.value)})`;
    default:
      return `${node.name} ${node.op} ${literal(node.value)}`;
  }
}

function holds(node: Tree, row: Row): boolean {
  switch (node.op) {
    case "AND":
      return holds(node.left, row) && holds(node.right, row);
    case "OR":
      return holds(node.left, row) || holds(node.right, row);
    case "NOT":
      return !holds(node.inner, row);
    case "BETWEEN": {
      const value = row[node.name];
      return typeof value === "number" && value >= node.low && value <= node.high;
    }
    case "IN":
      return node.list.some((value) => value === row[node.name]);
    case "IS MISSING":
      return row[node.name] === undefined;
    case "IS NOT MISSING":
      return row[node.name] !== undefined;
    case "begins_with":
      return row[node.name]?.startsWith(node.value) ?? false;
    case "contains":
      return row[node.name]?.includes(node.value) ?? false;
    default:
      return compares(node.op, row[node.name], node.value);
  }
}

function compares(op: string, left: Literal | undefined, right: Literal): boolean {
  if (op === "=") return left === right;
  if (op === "<>") return left !== right;
  if (left === undefined || typeof left !== typeof right) return false;
  return op === "<" ? left < right : op === "<=" ? left <= right : op === ">" ? left > right : left >= right;
}

const identity = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.N}`;
const OVERLAP = "Overlapping conditions with range keys";

/** The items of all pages; undefined for a statement that DynamoDB does not take. */
async function all(from: string, node: Tree, limit: number): Promise<string[] | undefined> {
  const Parameters: AttributeValue[] = [];
  const statement = `SELECT pk, sk FROM ${from} WHERE ${write(node, Parameters)}`;
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sql
      .run(statement, { Limit: limit, NextToken, ...(Parameters.length > 0 && { Parameters }) })
      .catch((error: unknown) => {
        if (error instanceof Error && error.message.startsWith(OVERLAP)) return undefined;
        throw error;
      });
    if (page === undefined) return undefined;
    found.push(...(page.Items ?? []).map(identity));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

describe("SELECT", () => {
  it("answers the items that a condition holds for, each once, by whatever way they are read", async () => {
    const table = await createSorted(
      client,
      {
        AttributeDefinitions: attributes({ pk: "S", sk: "N", b: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "b", "sk")],
      },
      "N",
    );
    await putAll(client, table, ROWS.map(itemOf));
    let answered = 0;
    const property = fc.asyncProperty(tree, fc.integer({ min: 3, max: 20 }), async (node, limit) => {
      const expected = ROWS.filter((row) => holds(node, row)).map((row) => identity(itemOf(row)));
      const found = await all(`"${table}"`, node, limit);
      if (found === undefined) return;
      answered++;
      expect(found.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected.toSorted((a, b) => (a < b ? -1 : 1)));
    });
    await fc.assert(property, { numRuns: 120 });
    expect(answered).toBeGreaterThan(60);
  }, 60_000);
});
