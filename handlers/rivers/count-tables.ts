import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { type Checkpoint, START, type Step } from "./checkpoint.ts";

/** Why a step was not written; nothing of it was. */
export type Refusal =
  /** Another invocation has moved the shard's checkpoint since it was read. */
  | "checkpoint-moved"
  /** Another batch has an item with this county and timestamp. */
  | "timestamp-taken"
  /** Another transaction holds one of the items at this moment. */
  | "conflict";

/** The two tables of the pipeline: the counts, and how far each shard was counted. */
export class CountTables {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #countsTable: string;
  readonly #checkpointsTable: string;

  constructor(client: Pick<DynamoDBClient, "send">, names: { readonly counts: string; readonly checkpoints: string }) {
    this.#client = client;
    this.#countsTable = names.counts;
    this.#checkpointsTable = names.checkpoints;
  }

  async readCheckpoint(shard: string): Promise<Checkpoint> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#checkpointsTable, Key: { ShardId: { S: shard } }, ConsistentRead: true }),
    );
    if (!item) return START;
    return {
      highWaterMark: item.SequenceNumber?.S ?? "",
      failed: new Set(item.Failed?.SS),
      batches: Number(item.Batches?.N ?? 0),
    };
  }

  /** Writes counts and checkpoint together or not at all. */
  async write(shard: string, step: Step, timestamp: Date): Promise<Refusal | undefined> {
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({
          TransactItems: [this.#checkpointItem(shard, step.checkpoint), ...this.#countItems(step, timestamp)],
        }),
      );
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return refusal;
    }
  }

  #checkpointItem(shard: string, { highWaterMark, failed, batches }: Checkpoint): TransactWriteItem {
    const item: Record<string, AttributeValue> = {
      ShardId: { S: shard },
      SequenceNumber: { S: highWaterMark },
      Batches: { N: String(batches) },
    };
    if (failed.size > 0) item.Failed = { SS: [...failed] };
    const isFirst = batches === 1;
    return {
      Put: {
        TableName: this.#checkpointsTable,
        Item: item,
        ConditionExpression: isFirst ? "attribute_not_exists(ShardId)" : "Batches = :seen",
        ExpressionAttributeValues: isFirst ? undefined : { ":seen": { N: String(batches - 1) } },
      },
    };
  }

  #countItems({ counts }: Step, timestamp: Date): TransactWriteItem[] {
    return Array.from(counts, ([county, count]) => ({
      Put: {
        TableName: this.#countsTable,
        Item: {
          County: { S: county },
          Timestamp: { S: timestamp.toISOString() },
          Count: { N: String(count) },
        },
        ConditionExpression: "attribute_not_exists(County)",
      },
    }));
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const codes = error.CancellationReasons?.map((reason) => reason.Code ?? "None") ?? [];
  if (codes.some((code) => !["None", "ConditionalCheckFailed", "TransactionConflict"].includes(code))) return undefined;
  if (codes[0] === "ConditionalCheckFailed") return "checkpoint-moved";
  if (codes.includes("ConditionalCheckFailed")) return "timestamp-taken";
  return codes.includes("TransactionConflict") ? "conflict" : undefined;
}
