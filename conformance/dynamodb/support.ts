import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  type AttributeValue,
  type CreateTableCommandInput,
  type GlobalSecondaryIndex,
} from "@aws-sdk/client-dynamodb";
import { eventually, useClient, useTarget, type Target, type TargetOptions } from "../target.ts";
import { currentTarget, RUN } from "../targets/current.ts";

export { refusal } from "../target.ts";

/** A target with a client that does not try again. */
export function useDynamoDb(options: TargetOptions = {}) {
  const target = useTarget(options);
  const client = useClient(new DynamoDBClient({ ...target.clientConfig(), maxAttempts: 1 }));
  return { target, client };
}

let created = 0;
export const uniqueName = (what: string): string => `${what}-${RUN}-${++created}`;

type Definition = Partial<CreateTableCommandInput>;

type Names = string | readonly string[];

/** A key schema: `keys("pk", "sk")`, or of a global index `keys(["a", "b"], ["c", "d"])`. */
export const keys = (hash: Names, range: Names = []) => [
  ...[hash].flat().map((AttributeName) => ({ AttributeName, KeyType: "HASH" as const })),
  ...[range].flat().map((AttributeName) => ({ AttributeName, KeyType: "RANGE" as const })),
];

export const attributes = (types: Readonly<Record<string, "S" | "N" | "B">>) =>
  Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));

export const globalIndex = (
  IndexName: string,
  hash: Names,
  range?: Names,
  Projection: GlobalSecondaryIndex["Projection"] = { ProjectionType: "ALL" },
): GlobalSecondaryIndex => ({ IndexName, KeySchema: keys(hash, range), Projection });

/** Creates a table, on demand and with a partition key `pk` unless said; it is active when this resolves. */
export async function createTable(client: DynamoDBClient, definition: Definition = {}): Promise<string> {
  const TableName = definition.TableName ?? uniqueName("table");
  await client.send(
    new CreateTableCommand({
      AttributeDefinitions: attributes({ pk: "S" }),
      KeySchema: keys("pk"),
      ...(definition.ProvisionedThroughput === undefined && { BillingMode: "PAY_PER_REQUEST" }),
      ...definition,
      TableName,
    }),
  );
  // the embedded target has it before it is asked again
  if (currentTarget() !== "embedded") await activeTable(client, TableName);
  return TableName;
}

/** A table of the tests of this file or `describe`. @param still a target whose clock stands still @returns its name */
export function useTable(client: DynamoDBClient, definition: Definition = {}, still?: Pick<Target, "clock">): string {
  const TableName = uniqueName("table");
  beforeAll(async () => {
    await createTable(client, { ...definition, TableName });
    if (currentTarget() === "embedded") await still?.clock.advance(1);
  });
  return TableName;
}

/** The definition of a table with the index `index` of the attribute `g`. */
export const INDEXED: Definition = {
  AttributeDefinitions: attributes({ pk: "S", g: "S" }),
  GlobalSecondaryIndexes: [globalIndex("index", "g")],
};

/** A table with the string keys pk and sk. */
export const createSorted = (client: DynamoDBClient, definition: Definition = {}, sort: "S" | "N" | "B" = "S") =>
  createTable(client, {
    AttributeDefinitions: attributes({ pk: "S", sk: sort }),
    KeySchema: keys("pk", "sk"),
    ...definition,
  });

export type Item = Record<string, AttributeValue>;

export async function putAll(client: DynamoDBClient, TableName: string, items: readonly Item[]): Promise<void> {
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
}

export const describeTable = async (client: DynamoDBClient, TableName: string) =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table;

/** Describes a table when it and its indexes are active. */
export const activeTable = (client: DynamoDBClient, TableName: string) =>
  eventually(`${TableName} is active`, async () => {
    const table = await describeTable(client, TableName);
    const indexes = (table?.GlobalSecondaryIndexes ?? []).map(({ IndexStatus }) => IndexStatus);
    return [table?.TableStatus, ...indexes].every((status) => status === "ACTIVE") ? table : undefined;
  });

export const S = (text: string) => ({ S: text });
export const N = (value: number | string) => ({ N: String(value) });

/** Message and reasons of a transaction that was cancelled. */
export async function cancellation(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransactionCanceledException)) throw error;
  return { message: error.message, reasons: error.CancellationReasons };
}

export const EMPTY_KEY =
  "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk";

export const validation = (message: string): string => `ValidationException: ${message}`;
export const invalid = (message: string): string => validation(`One or more parameter values were invalid: ${message}`);

/** What PutItem, UpdateItem and DeleteItem say of a request before they look for its table. */
export const counted = (message: string): string => validation(`1 validation error detected: ${message}`);
