import { type AttributeValue, DynamoDBClient, paginateQuery, paginateScan } from "@aws-sdk/client-dynamodb";
import type { Target } from "./targets/index.ts";

/** What one batch counted in one county. */
export interface CountItem {
  readonly County: string;
  /** When the batch was processed, in ISO 8601. */
  readonly Timestamp: string;
  readonly Count: number;
}

/** Width of a county's name in a table that grows: the longest of New York's 62. */
const COUNTY_WIDTH = 12;
const TIMESTAMP_WIDTH = "2026-01-01T00:00:00.000Z".length;

/** One line of a table that grows. */
export const countLine = ({ County, Timestamp, Count }: Readonly<Record<keyof CountItem, string | number>>): string =>
  `${String(County).padEnd(COUNTY_WIDTH)}  ${String(Timestamp).padEnd(TIMESTAMP_WIDTH)}  ${String(Count).padStart(5)}`;

export const COUNT_HEADER = countLine({ County: "County", Timestamp: "Timestamp", Count: "Count" });

/** Items are asked for again for so long behind the newest one: batches of other shards may have finished earlier. */
const OVERLAP_MS = 10_000;

/** Reads the counts of a pipeline; each call of `next` gives those that were not given before. */
export class CountsReader {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  #county: string | undefined;
  /** Whether the county's name is known to be written as in the table. */
  #isSpelled: boolean;
  /** Timestamps of the items inside the overlap, by their keys. */
  readonly #given = new Map<string, string>();
  #since = "";

  constructor(target: Target, table: string, county?: string) {
    this.#client = new DynamoDBClient(target.clientConfig);
    this.#table = table;
    this.#county = county;
    this.#isSpelled = county === undefined;
  }

  /** In the order of their timestamps. */
  async next(): Promise<CountItem[]> {
    if (!this.#isSpelled) await this.#spell();
    const fresh: CountItem[] = [];
    for await (const { Items: items = [] } of this.#pages()) {
      for (const item of items.map(countItemOf)) {
        const key = `${item.Timestamp} ${item.County}`;
        if (this.#given.has(key)) continue;
        this.#given.set(key, item.Timestamp);
        fresh.push(item);
      }
    }
    this.#moveOn();
    return fresh.toSorted((a, b) => compare(a.Timestamp, b.Timestamp) || compare(a.County, b.County));
  }

  /** A county is asked for in any case, but the table's keys have one: it is looked up, once it is there. */
  async #spell(): Promise<void> {
    const wanted = this.#county?.trim().toLowerCase();
    const scan = { TableName: this.#table, ConsistentRead: true, ProjectionExpression: "County" };
    for await (const { Items: items = [] } of paginateScan({ client: this.#client }, scan)) {
      const found = items.map(({ County }) => County?.S ?? "").find((county) => county.toLowerCase() === wanted);
      if (found === undefined) continue;
      this.#county = found;
      this.#isSpelled = true;
      return;
    }
  }

  #pages() {
    const paging = { client: this.#client };
    const common = { TableName: this.#table, ConsistentRead: true, ExpressionAttributeNames: { "#at": "Timestamp" } };
    const since = { ":since": { S: this.#since } };
    if (this.#county === undefined) {
      if (this.#since === "") return paginateScan(paging, { TableName: this.#table, ConsistentRead: true });
      return paginateScan(paging, { ...common, FilterExpression: "#at >= :since", ExpressionAttributeValues: since });
    }
    const county = { ":county": { S: this.#county } };
    if (this.#since === "") {
      return paginateQuery(paging, {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: "County = :county",
        ExpressionAttributeValues: county,
      });
    }
    return paginateQuery(paging, {
      ...common,
      KeyConditionExpression: "County = :county AND #at >= :since",
      ExpressionAttributeValues: { ...county, ...since },
    });
  }

  #moveOn(): void {
    let newest = "";
    for (const timestamp of this.#given.values()) if (timestamp > newest) newest = timestamp;
    if (newest === "") return;
    this.#since = new Date(Date.parse(newest) - OVERLAP_MS).toISOString();
    for (const [key, timestamp] of this.#given) if (timestamp < this.#since) this.#given.delete(key);
  }
}

/** How many batches were counted, over all shards. */
export async function readBatches(target: Target, checkpointsTable: string): Promise<number> {
  let batches = 0;
  const pages = paginateScan(
    { client: new DynamoDBClient(target.clientConfig) },
    { TableName: checkpointsTable, ConsistentRead: true },
  );
  for await (const { Items: items = [] } of pages) for (const { Batches } of items) batches += Number(Batches?.N ?? 0);
  return batches;
}

const countItemOf = ({ County, Timestamp, Count }: Record<string, AttributeValue>): CountItem => ({
  County: County?.S ?? "",
  Timestamp: Timestamp?.S ?? "",
  Count: Number(Count?.N ?? 0),
});

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
