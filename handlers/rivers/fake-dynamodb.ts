import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";

type Item = Record<string, { S?: string; N?: string; SS?: string[] }>;

/** Just as much of DynamoDB as the handler uses, in memory, for its unit tests; the end-to-end suite runs on the real one. */
export class FakeDynamoDB {
  readonly counts = new Map<string, Item>();
  readonly checkpoints = new Map<string, Item>();
  /** Called before each transaction; may throw, or write first. */
  beforeWrite: () => void | Promise<void> = () => {};
  /** Called after each transaction was written; what it throws is what the caller gets. */
  afterWrite: () => void = () => {};
  reads = 0;
  writes = 0;

  readonly client: Pick<DynamoDBClient, "send"> = {
    send: ((command: GetItemCommand | TransactWriteItemsCommand) => this.#send(command)) as DynamoDBClient["send"],
  };

  totals(): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { County, Count } of this.counts.values()) {
      totals[County!.S!] = (totals[County!.S!] ?? 0) + Number(Count!.N);
    }
    return totals;
  }

  async #send(command: GetItemCommand | TransactWriteItemsCommand): Promise<object> {
    if (command instanceof GetItemCommand) {
      this.reads++;
      return { Item: this.checkpoints.get(command.input.Key!.ShardId!.S!) };
    }
    await this.beforeWrite();
    const writes = command.input.TransactItems!;
    if (writes.length > 100) throw new Error("ValidationException: more than 100 items");
    const reasons = writes.map((write) => ({ Code: this.#holds(write) ? "None" : "ConditionalCheckFailed" }));
    if (reasons.some(({ Code }) => Code !== "None")) {
      throw new TransactionCanceledException({
        message: "Transaction cancelled",
        $metadata: {},
        CancellationReasons: reasons,
      });
    }
    for (const write of writes) this.#slot(write).table.set(this.#slot(write).key, write.Put!.Item as Item);
    this.writes++;
    this.afterWrite();
    return {};
  }

  #slot({ Put }: TransactWriteItem): { table: Map<string, Item>; key: string } {
    const item = Put!.Item as Item;
    return item.ShardId
      ? { table: this.checkpoints, key: item.ShardId.S! }
      : { table: this.counts, key: `${item.County!.S}\n${item.Timestamp!.S}` };
  }

  #holds(write: TransactWriteItem): boolean {
    const { table, key } = this.#slot(write);
    const there = table.get(key);
    const condition = write.Put!.ConditionExpression;
    if (condition?.startsWith("attribute_not_exists")) return there === undefined;
    if (condition === "Batches = :seen") return there?.Batches?.N === write.Put!.ExpressionAttributeValues![":seen"]!.N;
    throw new ConditionalCheckFailedException({ message: `unknown condition ${condition}`, $metadata: {} });
  }
}
