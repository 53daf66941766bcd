import { amzJsonRequest, RawClient } from "./raw-client.ts";

export type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

interface DynamoAnswer {
  readonly Items?: readonly Item[];
  readonly Count?: number;
  readonly LastEvaluatedKey?: unknown;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/** Looks into tables and buckets with as little work as it can be on both sides: looks must not slow what they look at. */
export class StoreClient {
  readonly #client: RawClient;

  private constructor(client: RawClient) {
    this.#client = client;
  }

  static async connect(endpoint: string): Promise<StoreClient> {
    return new StoreClient(await RawClient.connect(Number(new URL(endpoint).port)));
  }

  close(): void {
    this.#client.close();
  }

  async scan(TableName: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    for await (const page of this.#pages({ TableName })) items.push(...(page.Items ?? []));
    return items;
  }

  async count(TableName: string): Promise<number> {
    let count = 0;
    for await (const page of this.#pages({ TableName, Select: "COUNT" })) count += page.Count ?? 0;
    return count;
  }

  /** Items by table; at most 100 keys in all. */
  async get(keys: Readonly<Record<string, readonly Item[]>>): Promise<Readonly<Record<string, readonly Item[]>>> {
    const RequestItems = Object.fromEntries(
      Object.entries(keys).map(([table, Keys]) => [table, { Keys, ConsistentRead: true }]),
    );
    return (await this.#dynamodb("BatchGetItem", { RequestItems })).Responses ?? {};
  }

  /** All keys of a bucket under a prefix, in their order. */
  async keys(bucket: string, prefix: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const page of this.#listing(bucket, prefix)) found.push(...valuesOf("Key", page));
    return found;
  }

  /** Of all objects of a bucket. */
  async bytes(bucket: string): Promise<number> {
    let sum = 0;
    for await (const page of this.#listing(bucket, "")) for (const size of valuesOf("Size", page)) sum += Number(size);
    return sum;
  }

  text(bucket: string, key: string): Promise<string> {
    return this.#s3Get(`/${bucket}/${key}`);
  }

  /** Pages of keys and sizes, as XML. */
  async *#listing(bucket: string, prefix: string): AsyncGenerator<string, void> {
    let last: string | undefined;
    let page: string;
    do {
      const after = last === undefined ? "" : `&start-after=${encodeURIComponent(last)}`;
      page = await this.#s3Get(`/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}${after}`);
      yield page;
      last = valuesOf("Key", page).at(-1);
    } while (page.includes("<IsTruncated>true"));
  }

  async *#pages(input: object): AsyncGenerator<DynamoAnswer, void> {
    let ExclusiveStartKey: unknown;
    do {
      const page = await this.#dynamodb("Scan", { ...input, ConsistentRead: true, ExclusiveStartKey });
      yield page;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  async #dynamodb(operation: string, input: object): Promise<DynamoAnswer> {
    const { status, body } = await this.#client.send(
      amzJsonRequest("dynamodb", `DynamoDB_20120810.${operation}`, input),
    );
    if (status !== 200) throw new Error(`${operation}: ${status} ${body.toString()}`);
    return JSON.parse(body.toString()) as DynamoAnswer;
  }

  async #s3Get(path: string): Promise<string> {
    const { status, body } = await this.#client.send(
      Buffer.from(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 ` +
          "Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n",
      ),
    );
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body.toString()}`);
    return body.toString();
  }
}

/** The names in these benches need no escapes. */
const valuesOf = (element: string, xml: string): string[] =>
  Array.from(xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g")), ([, value]) => value!);

/** The lines of a bucket's objects, each object read once. */
export class NewLines {
  readonly #store: StoreClient;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #read = new Set<string>();

  constructor(store: StoreClient, bucket: string, prefix: string) {
    this.#store = store;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Those of the objects that were not there before. */
  async next(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const key of await this.#store.keys(this.#bucket, this.#prefix)) {
      if (this.#read.has(key)) continue;
      this.#read.add(key);
      lines.push(...(await this.#store.text(this.#bucket, key)).split("\n").filter((line) => line !== ""));
    }
    return lines;
  }
}
