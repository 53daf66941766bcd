import {
  BatchWriteItemCommand,
  CreateBackupCommand,
  DescribeBackupCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  type DynamoDBClient,
  type ListBackupsCommandInput,
  type RestoreTableFromBackupCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Target } from "../target.ts";
import { createTable, N, S, uniqueName, type Item } from "./support.ts";

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

/** Backups of tables, as tests say them. */
export function useBackups(target: Pick<Target, "clock">, client: DynamoDBClient) {
  return {
    createActive: async (definition: Parameters<typeof createTable>[1] = {}): Promise<string> => {
      const name = await createTable(client, definition);
      await target.clock.advance(1);
      return name;
    },
    backUp: async (TableName: string, BackupName = "backup"): Promise<string> => {
      const { BackupDetails } = await client.send(new CreateBackupCommand({ TableName, BackupName }));
      return BackupDetails?.BackupArn ?? "";
    },
    describeBackup: async (BackupArn: string) =>
      (await client.send(new DescribeBackupCommand({ BackupArn }))).BackupDescription,
    list: (input: ListBackupsCommandInput = {}) => client.send(new ListBackupsCommand(input)),
    restore: async (
      BackupArn: string,
      overrides: Partial<RestoreTableFromBackupCommandInput> = {},
    ): Promise<string> => {
      const TargetTableName = overrides.TargetTableName ?? uniqueName("restored");
      await client.send(new RestoreTableFromBackupCommand({ BackupArn, ...overrides, TargetTableName }));
      return TargetTableName;
    },
  };
}
