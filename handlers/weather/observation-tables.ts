import { setTimeout as delay } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";

/** BatchWriteItem's limit. */
const BATCH_REQUESTS = 25;
const ATTEMPTS = 8;
const BACKOFF_BASE_MS = 20;

type Item = Record<string, AttributeValue>;

/** The two tables, which hold the same items under other keys. An item that is written again overwrites itself. */
export class ObservationTables {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #tables: readonly string[];

  constructor(client: Pick<DynamoDBClient, "send">, tables: readonly string[]) {
    this.#client = client;
    this.#tables = tables;
  }

  /** @param items no two with the same station and date */
  async write(items: readonly Item[]): Promise<void> {
    const requests = this.#tables.flatMap((table) =>
      items.map((Item) => ({ table, request: { PutRequest: { Item } } })),
    );
    for (let start = 0; start < requests.length; start += BATCH_REQUESTS) {
      const batch: Record<string, WriteRequest[]> = {};
      for (const { table, request } of requests.slice(start, start + BATCH_REQUESTS))
        (batch[table] ??= []).push(request);
      await this.#writeAll(batch);
    }
  }

  async #writeAll(batch: Record<string, WriteRequest[]>): Promise<void> {
    let left: Record<string, WriteRequest[]> | undefined = batch;
    for (let attempt = 1; ; attempt++) {
      const answer: BatchWriteItemCommandOutput = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: left }),
      );
      left = answer.UnprocessedItems;
      if (!left || Object.keys(left).length === 0) return;
      if (attempt === ATTEMPTS) throw new Error(`items are still unprocessed after ${ATTEMPTS} attempts`);
      await delay(Math.random() * BACKOFF_BASE_MS * 2 ** attempt);
    }
  }
}
