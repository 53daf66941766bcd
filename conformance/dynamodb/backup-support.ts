import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "./support.ts";

export const S = (text: string) => ({ S: text });
export const N = (value: number) => ({ N: String(value) });

/** All items of a table by their partition key `pk`, as JSON. */
export async function contents(client: DynamoDBClient, TableName: string): Promise<Record<string, Item>> {
  const found: Record<string, Item> = {};
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
    for (const item of page.Items ?? []) found[item["pk"]?.S ?? ""] = item;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return found;
}

export const describeTable = async (client: DynamoDBClient, TableName: string) =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table;

const BATCH = 25;

/** Puts many items, by batches. */
export async function putMany(client: DynamoDBClient, TableName: string, items: readonly Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += BATCH) {
    const requests = items.slice(i, i + BATCH).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
  }
}

export const numbered = (count: number, value: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ pk: S(`item-${i}`), value: N(value) }));

export const recoverable = async (client: DynamoDBClient, TableName: string, RecoveryPeriodInDays?: number) =>
  (
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays },
      }),
    )
  ).ContinuousBackupsDescription;
