import { type ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { NESTED_KEY, pages, readsOf, sorts } from "./query-support.ts";
import { createSorted, createTable, N, putAll, refusal, S, useDynamoDb, validation, type Item } from "./support.ts";

const { client } = useDynamoDb();

const { scan } = readsOf(client);

describe("Scan", () => {
  it.each<[string, Partial<ScanCommandInput>, string]>([
    [
      "a segment without a total",
      { Segment: 0 },
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    ],
    [
      "a total without a segment",
      { TotalSegments: 4 },
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    ],
    [
      "a segment beyond the total",
      { Segment: 5, TotalSegments: 5 },
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5",
    ],
    [
      "a limit of nothing",
      { Limit: 0 },
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "a segment below zero",
      { Segment: -1, TotalSegments: 4 },
      "1 validation error detected: Value at 'Segment' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      "a total of no segments",
      { Segment: 0, TotalSegments: 0 },
      "1 validation error detected: Value at 'TotalSegments' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "a Select that it does not have",
      { Select: "ALL" as "COUNT" },
      "1 validation error detected: Value 'ALL' at 'select' failed to satisfy constraint: Member must satisfy enum value set: " +
        "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
    ],
    [
      "SPECIFIC_ATTRIBUTES without naming any",
      { Select: "SPECIFIC_ATTRIBUTES" },
      "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ],
    [
      "a projection beside COUNT",
      { Select: "COUNT", ProjectionExpression: "a" },
      "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count",
    ],
    ["a part of a key in a filter", { FilterExpression: "attribute_exists(pk.a)" }, `${NESTED_KEY} Key: pk`],
    ["a starting key with other names", { ExclusiveStartKey: { bad: S("a") } }, "The provided starting key is invalid"],
  ])("refuses %s", async (_what, input, message) => {
    expect(await refusal(scan({ TableName: await createTable(client), ...input }))).toBe(validation(message));
  });

  it("reads every item once, by pages, in segments and at once", async () => {
    const table = await createSorted(client, {}, "N");
    const items = Array.from({ length: 40 }, (_, i) => ({ pk: S(`p${i % 8}`), sk: N(i) }));
    await putAll(client, table, items);
    const everything = items.map(({ sk }) => Number(sk.N)).toSorted((a, b) => a - b);
    const inOrder = (read: { Items?: Item[] }[]) =>
      read
        .flatMap(sorts)
        .map(Number)
        .toSorted((a, b) => a - b);

    expect(inOrder([await scan({ TableName: table })])).toEqual(everything);
    const paged = await pages((ExclusiveStartKey) => scan({ TableName: table, Limit: 3, ExclusiveStartKey }));
    expect(inOrder(paged)).toEqual(everything);
    for (const TotalSegments of [2, 3, 7]) {
      const segments = await Promise.all(
        Array.from({ length: TotalSegments }, (_, Segment) =>
          pages((ExclusiveStartKey) => scan({ TableName: table, Segment, TotalSegments, Limit: 4, ExclusiveStartKey })),
        ),
      );
      expect(inOrder(segments.flat())).toEqual(everything);
    }
  });

  it("keeps the items of a partition together, in the order of their sort key", async () => {
    const table = await createSorted(client, {}, "N");
    await putAll(
      client,
      table,
      Array.from({ length: 12 }, (_, i) => ({ pk: S(`p${i % 3}`), sk: N(12 - i) })),
    );
    const { Items = [] } = await scan({ TableName: table });
    const partitions = Items.map(({ pk }) => pk?.S);
    expect(partitions.filter((pk, i) => pk !== partitions[i - 1])).toHaveLength(3);
    for (const pk of ["p0", "p1", "p2"]) {
      const numbers = Items.filter((item) => item["pk"]?.S === pk).map(({ sk }) => Number(sk?.N));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it("refuses to go on in another segment", async () => {
    const table = await createTable(client);
    await putAll(
      client,
      table,
      Array.from({ length: 20 }, (_, i) => ({ pk: S(`p${i}`) })),
    );
    const first = await scan({ TableName: table, Segment: 0, TotalSegments: 2, Limit: 1 });
    const call = scan({ TableName: table, Segment: 1, TotalSegments: 2, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(await refusal(call)).toContain("Please use ExclusiveStartKey with correct Segment");
  });

  it("filters and projects after reading", async () => {
    const table = await createTable(client);
    await putAll(client, table, [{ pk: S("1"), a: N(1) }, { pk: S("2"), a: N(2) }, { pk: S("3") }]);
    const answer = await scan({
      TableName: table,
      FilterExpression: "a >= :two",
      ExpressionAttributeValues: { ":two": N(2) },
      ProjectionExpression: "pk",
    });
    expect(answer).toMatchObject({ Items: [{ pk: S("2") }], Count: 1, ScannedCount: 3 });
  });
});
