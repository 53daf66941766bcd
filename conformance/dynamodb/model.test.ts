import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { attributes, createSorted, describeTable, globalIndex, keys, useDynamoDb, type Item } from "./support.ts";

const { client } = useDynamoDb();

/** A table as a Map from key to item: what the answers are held against. */
interface Row {
  readonly pk: string;
  readonly sk: number;
  readonly g?: string | undefined;
  readonly l?: number | undefined;
}

const PARTITIONS = ["a", "b", "a\u0000"];
const GROUPS = ["x", "y"];
const sort = fc.constantFrom(-3, -1.5, 0, 0.25, 2, 10, 1e20);
const row = fc.record({
  pk: fc.constantFrom(...PARTITIONS),
  sk: sort,
  g: fc.option(fc.constantFrom(...GROUPS), { nil: undefined }),
  l: fc.option(sort, { nil: undefined }),
});
/** What is asked of the sort key of `several`, its attributes from left to right: `l` alone, or `sk` of one `l`. */
const asked = fc.record({
  of: fc.constantFrom("l", "sk"),
  equal: sort,
  operator: fc.constantFrom("=", "<", "<=", ">", ">=", "BETWEEN"),
  bounds: fc.tuple(sort, sort).map((bounds) => bounds.toSorted((a, b) => a - b)),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 4, arbitrary: row.map((r) => ({ kind: "put" as const, ...r })) },
  { weight: 2, arbitrary: row.map((r) => ({ kind: "update" as const, ...r })) },
  { weight: 2, arbitrary: row.map((r) => ({ kind: "delete" as const, ...r })) },
);

const keyOf = ({ pk, sk }: Row): Item => ({ pk: { S: pk }, sk: { N: String(sk) } });
const itemOf = (r: Row): Item => ({
  ...keyOf(r),
  ...(r.g !== undefined && { g: { S: r.g } }),
  ...(r.l !== undefined && { l: { N: String(r.l) } }),
});
const rowOf = ({ pk, sk, g, l }: Item): Row => ({
  pk: pk?.S ?? "",
  sk: Number(sk?.N),
  g: g?.S,
  l: l === undefined ? undefined : Number(l.N),
});
const identity = ({ pk, sk }: Row): string => JSON.stringify([pk, sk]);

async function all(input: QueryCommandInput): Promise<Row[]> {
  const rows: Row[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...input, Limit: 2, ExclusiveStartKey }));
    rows.push(...(page.Items ?? []).map(rowOf));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}

/** The values that `operator` selects, held against bounds of which all but BETWEEN use the first. */
const SELECTS: Readonly<Record<string, (value: number, low: number, high: number) => boolean>> = {
  "=": (value, low) => value === low,
  "<": (value, low) => value < low,
  "<=": (value, low) => value <= low,
  ">": (value, low) => value > low,
  ">=": (value, low) => value >= low,
  BETWEEN: (value, low, high) => low <= value && value <= high,
};

/** A condition on the sort key of `several`, and what it selects of rows. */
function sortCondition({ of, equal, operator, bounds }: Asked) {
  const [low = 0, high = 0] = bounds;
  const isRange = operator === "BETWEEN";
  const values: Item = {
    ...(of === "sk" && { ":equal": { N: String(equal) } }),
    ":low": { N: String(low) },
    ...(isRange && { ":high": { N: String(high) } }),
  };
  const condition = `${of} ${isRange ? "BETWEEN :low AND :high" : `${operator} :low`}`;
  return {
    text: of === "sk" ? `l = :equal AND ${condition}` : condition,
    values,
    selects: ({ l, sk }: Row) =>
      (of === "l" || l === equal) && SELECTS[operator]!(of === "l" ? Number(l) : sk, low, high),
  };
}

async function apply(
  TableName: string,
  model: Map<string, Row>,
  { kind, ...r }: Row & { kind: string },
): Promise<void> {
  const Key = keyOf(r);
  if (kind === "put") {
    await client.send(new PutItemCommand({ TableName, Item: itemOf(r) }));
    model.set(identity(r), r);
  } else if (kind === "delete") {
    await client.send(new DeleteItemCommand({ TableName, Key }));
    model.delete(identity(r));
  } else {
    const before = model.get(identity(r));
    const values: Item = {
      ...(r.g !== undefined && { ":g": { S: r.g } }),
      ...(r.l !== undefined && { ":l": { N: String(r.l) } }),
    };
    const sets = [r.g !== undefined && "g = :g", r.l !== undefined && "l = :l"].filter(Boolean);
    const UpdateExpression = sets.length > 0 ? `SET ${sets.join(", ")}` : "REMOVE g";
    const ExpressionAttributeValues = sets.length > 0 ? values : undefined;
    await client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues }));
    if (before === undefined && sets.length === 0) return;
    model.set(identity(r), {
      pk: r.pk,
      sk: r.sk,
      g: sets.length > 0 ? (r.g ?? before?.g) : undefined,
      l: r.l ?? before?.l,
    });
  }
}

describe("a table and its indexes", () => {
  it("answer as a list of their items would, whatever was done to them", async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), asked, async (steps, wanted) => {
      const TableName = await createSorted(
        client,
        {
          AttributeDefinitions: attributes({ pk: "S", sk: "N", g: "S", l: "N" }),
          GlobalSecondaryIndexes: [globalIndex("global", "g", "sk"), globalIndex("several", ["g", "pk"], ["l", "sk"])],
          LocalSecondaryIndexes: [
            { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
          ],
        },
        "N",
      );
      const model = new Map<string, Row>();
      for (const one of steps) await apply(TableName, model, one);
      const rows = [...model.values()];

      for (const pk of PARTITIONS) {
        const of = { TableName, KeyConditionExpression: "pk = :v", ExpressionAttributeValues: { ":v": { S: pk } } };
        const partition = rows.filter((r) => r.pk === pk);
        expect(await all(of)).toEqual(partition.toSorted((a, b) => a.sk - b.sk));
        expect(await all({ ...of, ScanIndexForward: false })).toEqual(partition.toSorted((a, b) => b.sk - a.sk));
        const local = await all({ ...of, IndexName: "local" });
        const indexed = partition.filter(({ l }) => l !== undefined);
        expect(local.map(({ l }) => l)).toEqual(indexed.map(({ l }) => l).toSorted((a, b) => Number(a) - Number(b)));
        expect(local.map(identity).toSorted()).toEqual(indexed.map(identity).toSorted());
      }
      for (const g of GROUPS) {
        const found = await all({
          TableName,
          IndexName: "global",
          KeyConditionExpression: "g = :g AND sk >= :zero",
          ExpressionAttributeValues: { ":g": { S: g }, ":zero": { N: "0" } },
        });
        const expected = rows.filter((r) => r.g === g && r.sk >= 0);
        expect(found.map(({ sk }) => sk)).toEqual(expected.map(({ sk }) => sk).toSorted((a, b) => a - b));
        expect(found.map(identity).toSorted()).toEqual(expected.map(identity).toSorted());
      }
      const { text, values, selects } = sortCondition(wanted);
      for (const g of GROUPS) {
        for (const pk of PARTITIONS) {
          const of = (sortKey: string, more: Item): QueryCommandInput => ({
            TableName,
            IndexName: "several",
            KeyConditionExpression: `g = :g AND pk = :pk${sortKey}`,
            ExpressionAttributeValues: { ":g": { S: g }, ":pk": { S: pk }, ...more },
          });
          const inOrder = rows
            .filter((r) => r.g === g && r.pk === pk && r.l !== undefined)
            .toSorted((a, b) => Number(a.l) - Number(b.l) || a.sk - b.sk);
          expect(await all(of("", {}))).toEqual(inOrder);
          const some = await all({ ...of(` AND ${text}`, values), ScanIndexForward: false });
          expect(some).toEqual(inOrder.filter(selects).toReversed());
        }
      }
      const scanned = await client.send(new ScanCommand({ TableName }));
      expect((scanned.Items ?? []).map((item) => identity(rowOf(item))).toSorted()).toEqual(
        [...model.keys()].toSorted(),
      );
      const table = await describeTable(client, TableName);
      expect(table?.ItemCount).toBe(rows.length);
      expect(table?.GlobalSecondaryIndexes?.map(({ ItemCount }) => ItemCount)).toEqual([
        rows.filter(({ g }) => g !== undefined).length,
        rows.filter(({ g, l }) => g !== undefined && l !== undefined).length,
      ]);
      expect(table?.LocalSecondaryIndexes?.[0]?.ItemCount).toBe(rows.filter(({ l }) => l !== undefined).length);
    });
    await fc.assert(property, { numRuns: 15 });
  }, 60_000);
});
