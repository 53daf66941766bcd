import {
  BatchWriteItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { type Attempt, isThrottled, NotStored, refusal, untilStored } from "./until-stored.ts";

/** An item and the table that it goes to. */
export interface TableItem {
  readonly table: string;
  readonly item: Record<string, AttributeValue>;
}

/** BatchWriteItem's limit. */
const BATCH_REQUESTS = 25;
/** Within the 30 seconds that functions have. */
const PATIENCE_MS = 20_000;

interface TableRequest {
  readonly table: string;
  readonly request: WriteRequest;
}

/**
 * Writes items by BatchWriteItem until none is unprocessed. An item that is written again overwrites itself.
 * @param items no two of one table with the same key
 * @throws NotStored
 */
export async function writeItems(
  client: Pick<DynamoDBClient, "send">,
  items: readonly TableItem[],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  const requests = items.map(({ table, item }): TableRequest => ({ table, request: { PutRequest: { Item: item } } }));
  for (let start = 0; start < requests.length; start += BATCH_REQUESTS) {
    const next = start + BATCH_REQUESTS;
    try {
      await untilStored(requests.slice(start, next), (pending) => writeBatch(client, pending), {
        totalMs: endMs - performance.now(),
      });
    } catch (error) {
      if (!(error instanceof NotStored)) throw error;
      throw new NotStored([...error.entries, ...requests.slice(next)], error.reason);
    }
  }
}

async function writeBatch(
  client: Pick<DynamoDBClient, "send">,
  pending: readonly TableRequest[],
): Promise<Attempt<TableRequest>> {
  const RequestItems: Record<string, WriteRequest[]> = {};
  for (const { table, request } of pending) (RequestItems[table] ??= []).push(request);
  try {
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    const refused = Object.entries(UnprocessedItems).flatMap(([table, requests]) =>
      requests.map((request) => ({ table, request })),
    );
    return { refused, reason: refusal("UnprocessedItems", "the tables take no more for now") };
  } catch (error) {
    if (isThrottled(error)) return { refused: pending, reason: error };
    throw error;
  }
}
