import {
  QueryCommand,
  ScanCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { S, type Item } from "./support.ts";

export const NESTED_KEY = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:";

/** Query and Scan, as tests say them. */
export function readsOf(client: DynamoDBClient) {
  const query = (input: QueryCommandInput) => client.send(new QueryCommand(input));
  return {
    query,
    scan: (input: ScanCommandInput) => client.send(new ScanCommand(input)),
    /** A query for the partition `pk = a`, with a condition on the sort key if given. */
    ofA: (TableName: string, sort?: string, values: Item = {}, more: Partial<QueryCommandInput> = {}) =>
      query({
        TableName,
        KeyConditionExpression: sort === undefined ? "pk = :pk" : `pk = :pk AND ${sort}`,
        ExpressionAttributeValues: { ":pk": S("a"), ...values },
        ...more,
      }),
  };
}

export const sorts = ({ Items = [] }: { Items?: Item[] }) => Items.map(({ sk }) => sk?.S ?? sk?.N ?? sk?.B);

/** All pages, following LastEvaluatedKey. */
export async function pages<A extends { Items?: Item[]; LastEvaluatedKey?: Item }>(
  read: (ExclusiveStartKey: Item | undefined) => Promise<A>,
): Promise<A[]> {
  const all: A[] = [];
  let from: Item | undefined;
  do {
    const page = await read(from);
    all.push(page);
    from = page.LastEvaluatedKey;
    if (all.length > 200) throw new Error("the pages have no end");
  } while (from !== undefined);
  return all;
}
