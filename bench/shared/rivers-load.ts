import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { amzJsonRequest, RawClient } from "./raw-client.ts";

const SAMPLE = join(import.meta.dirname, "../../data/rivers.csv");
const RECORDS_PER_CALL = 500;
const POLL_MS = 10;
const PATIENCE_MS = 120_000;

/** The highest sequence number that was acknowledged, by shard. */
export type LastNumbers = ReadonlyMap<string, string>;

interface Answer {
  readonly Records?: readonly { readonly ShardId: string; readonly SequenceNumber: string }[];
  readonly Items?: readonly Readonly<Record<string, { readonly S?: string; readonly N?: string }>>[];
  readonly LastEvaluatedKey?: unknown;
}

/** Rows of the sample data for the deployed rivers pipeline, and a look at whether they are counted. */
export class RiversLoad {
  readonly #client: RawClient;
  readonly #requests: readonly Buffer[];
  readonly #records: number;
  #sent = 0;

  private constructor(client: RawClient, records: number) {
    this.#client = client;
    this.#records = records;
    this.#requests = requestsOf(records);
  }

  static async open(port: number, records: number): Promise<RiversLoad> {
    return new RiversLoad(await RawClient.connect(port), records);
  }

  close(): void {
    this.#client.close();
  }

  /** Puts all records once, one call after the other. */
  async put(): Promise<LastNumbers> {
    const last = new Map<string, string>();
    for (const request of this.#requests) {
      for (const { ShardId, SequenceNumber } of (await this.#call(request)).Records ?? []) {
        last.set(ShardId, SequenceNumber);
      }
    }
    this.#sent += this.#records;
    return last;
  }

  /** Resolves when the checkpoints have reached the last record of every shard, and the counts' sum is right. */
  async untilCounted(last: LastNumbers): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await this.#hasReached(last))) {
      if (performance.now() > deadline) throw new Error("not all records were counted in time");
      await delay(POLL_MS);
    }
    let sum = 0;
    for await (const { Count } of this.#scan("rivers-counts")) sum += Number(Count?.N);
    if (sum !== this.#sent) throw new Error(`${sum} rows were counted of ${this.#sent}`);
  }

  async #hasReached(last: LastNumbers): Promise<boolean> {
    const reached = new Map<string, string | undefined>();
    for await (const item of this.#scan("rivers-counts-checkpoints")) {
      reached.set(item["ShardId"]?.S?.split("/").at(-1) ?? "", item["SequenceNumber"]?.S);
    }
    return [...last].every(([shard, sequenceNumber]) => reached.get(shard) === sequenceNumber);
  }

  async *#scan(TableName: string) {
    let ExclusiveStartKey: unknown;
    do {
      const input = { TableName, ConsistentRead: true, ExclusiveStartKey };
      const page = await this.#call(amzJsonRequest("dynamodb", "DynamoDB_20120810.Scan", input));
      yield* page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  async #call(request: Buffer): Promise<Answer> {
    const { status, body } = await this.#client.send(request);
    if (status !== 200) throw new Error(`${status}: ${body.toString()}`);
    return JSON.parse(body.toString()) as Answer;
  }
}

/** PutRecords of the sample's rows as the producer sends them, from the first again when they are used up. */
function requestsOf(records: number): Buffer[] {
  const rows = parse<Record<string, string>>(readFileSync(SAMPLE), { columns: true, bom: true });
  const entries = Array.from({ length: records }, (_, index) => {
    const row = rows[index % rows.length]!;
    const text = JSON.stringify({ ...row, Timestamp: "2026-01-01T00:00:00.000Z" });
    return { PartitionKey: row["Waterbody Name"], Data: Buffer.from(text).toString("base64") };
  });
  return Array.from({ length: Math.ceil(records / RECORDS_PER_CALL) }, (_, call) =>
    amzJsonRequest("kinesis", "Kinesis_20131202.PutRecords", {
      StreamName: "rivers",
      Records: entries.slice(call * RECORDS_PER_CALL, (call + 1) * RECORDS_PER_CALL),
    }),
  );
}
