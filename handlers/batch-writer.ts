import { setTimeout as delay } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";

/** An item and the table that it goes to. */
export interface TableItem {
  readonly table: string;
  readonly item: Record<string, AttributeValue>;
}

/** BatchWriteItem's limit. */
const BATCH_REQUESTS = 25;
const ATTEMPTS = 8;
const BACKOFF_BASE_MS = 20;

/**
 * Writes items by BatchWriteItem until none is unprocessed. An item that is written again overwrites itself.
 * @param items no two of one table with the same key
 */
export async function writeItems(client: Pick<DynamoDBClient, "send">, items: readonly TableItem[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_REQUESTS) {
    const batch: Record<string, WriteRequest[]> = {};
    for (const { table, item } of items.slice(start, start + BATCH_REQUESTS)) {
      (batch[table] ??= []).push({ PutRequest: { Item: item } });
    }
    await writeBatch(client, batch);
  }
}

async function writeBatch(
  client: Pick<DynamoDBClient, "send">,
  batch: Readonly<Record<string, WriteRequest[]>>,
): Promise<void> {
  let left: Record<string, WriteRequest[]> | undefined = batch;
  for (let attempt = 1; ; attempt++) {
    const answer: BatchWriteItemCommandOutput = await client.send(new BatchWriteItemCommand({ RequestItems: left }));
    left = answer.UnprocessedItems;
    if (!left || Object.keys(left).length === 0) return;
    if (attempt === ATTEMPTS) throw new Error(`items are still unprocessed after ${ATTEMPTS} attempts`);
    await delay(Math.random() * BACKOFF_BASE_MS * 2 ** attempt);
  }
}
