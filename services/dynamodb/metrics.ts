import type { Context, Host } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Service } from "../../emulator/model/service.ts";
import type { MetricUnit, Series } from "../../emulator/runtime/metrics.ts";
import type { ConsumedCapacity } from "./capacity.ts";
import type { DynamoDbState } from "./index.ts";
import { subjectOf } from "./partiql/statement.ts";
import type { DynamoDbStore } from "./store.ts";
import { tableNameOf } from "./table-name.ts";
import type { Throttle } from "./throughput/throttle.ts";

type Ctx = Context<DynamoDbState>;
type Run = (ctx: Ctx, input: Input) => unknown;

/** What all operations on items have in common. */
interface Input {
  readonly ReturnConsumedCapacity?: string | undefined;
  /** Of operations of PartiQL, which tell nothing else of what they do. */
  readonly Statement?: string;
  readonly Statements?: readonly { readonly Statement: string }[];
}

interface Answer {
  ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined;
  readonly Count?: number | undefined;
  readonly Items?: readonly unknown[] | undefined;
}

const READS: ReadonlySet<string> = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"]);
const MEASURED: ReadonlySet<string> = new Set([
  ...READS,
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
  "ExecuteStatement",
  "BatchExecuteStatement",
  "ExecuteTransaction",
]);

/**
 * Measures the operations on items: capacity, latency, items returned, failed conditions, errors of the caller.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function measured(service: Service): Service {
  const operations = Object.entries(service.operations).map(([name, run]) => [
    name,
    MEASURED.has(name) ? measure(name, run as Run) : run,
  ]);
  return { ...service, operations: Object.fromEntries(operations) as Service["operations"] };
}

const measure = (operation: string, run: Run): Run => {
  const reads = READS.has(operation);
  return (ctx, input) => {
    const call = new MeasuredCall(ctx, operation, input, reads);
    let answer: Answer | Promise<Answer>;
    try {
      // all operations tell the capacity that they took; the caller is told what it asked for
      answer = run(ctx, { ...input, ReturnConsumedCapacity: "INDEXES" }) as Answer | Promise<Answer>;
    } catch (error) {
      return call.refused(error);
    }
    if (!(answer instanceof Promise)) return call.done(answer);
    return answer.then(
      (output) => call.done(output),
      (error: unknown) => call.refused(error),
    );
  };
};

class MeasuredCall {
  readonly #ctx: Ctx;
  readonly #operation: string;
  readonly #input: Input;
  readonly #subject: ReturnType<typeof subjectOf> | undefined;
  readonly #isRead: boolean;
  readonly #startedAt = performance.now();

  constructor(ctx: Ctx, operation: string, input: Input, reads: boolean) {
    this.#ctx = ctx;
    this.#operation = operation;
    this.#input = input;
    const text = input.Statement ?? input.Statements?.[0]?.Statement;
    this.#subject = text === undefined ? undefined : subjectOf(text);
    this.#isRead = reads || this.#subject?.direction === "read";
  }

  done(answer: Answer): Answer {
    const capacities = answer.ConsumedCapacity ?? [];
    succeeded(
      this.#ctx,
      {
        operation: this.#operation,
        isRead: this.#isRead,
        count: answer.Count ?? (this.#isRead ? answer.Items?.length : undefined),
        tookMs: performance.now() - this.#startedAt,
      },
      Array.isArray(capacities) ? capacities : [capacities],
    );
    answer.ConsumedCapacity = wanted(capacities, this.#input.ReturnConsumedCapacity);
    return answer;
  }

  refused(error: unknown): never {
    if (error instanceof AwsError) {
      failed(this.#ctx, this.#operation, error, { TableName: this.#subject?.tableName, ...this.#input });
    }
    throw error;
  }
}

function wanted(
  capacities: ConsumedCapacity | ConsumedCapacity[],
  asked: string | undefined,
): Answer["ConsumedCapacity"] {
  if (asked === "INDEXES") return Array.isArray(capacities) && capacities.length === 0 ? undefined : capacities;
  if (asked !== "TOTAL") return undefined;
  const total = ({
    Table: _table,
    LocalSecondaryIndexes: _local,
    GlobalSecondaryIndexes: _global,
    ...rest
  }: ConsumedCapacity) => rest;
  if (!Array.isArray(capacities)) return total(capacities);
  return capacities.length === 0 ? undefined : capacities.map(total);
}

interface Success {
  readonly operation: string;
  readonly isRead: boolean;
  readonly count: number | undefined;
  readonly tookMs: number;
}

function succeeded(
  ctx: Ctx,
  { operation, isRead, count, tookMs }: Success,
  capacities: readonly ConsumedCapacity[],
): void {
  const now = ctx.clock.now();
  for (const capacity of capacities) {
    const table = tableOf(ctx, capacity.TableName ?? "");
    const units =
      isRead || capacity.ReadCapacityUnits !== undefined ? "ConsumedReadCapacityUnits" : "ConsumedWriteCapacityUnits";
    table.series(units, "Count").add(ownUnits(capacity), now);
    for (const name in capacity.GlobalSecondaryIndexes) {
      const taken = capacity.GlobalSecondaryIndexes[name]?.CapacityUnits ?? 0;
      table.series(units, "Count", { GlobalSecondaryIndexName: name }).add(taken, now);
    }
    const of = { Operation: operation };
    table.series("SuccessfulRequestLatency", "Milliseconds", of).add(Math.round(tookMs * 100) / 100, now);
    if (count !== undefined) table.series("ReturnedItemCount", "Count", of).add(count, now);
  }
}

/** Of the table and its local indexes; global ones have metrics of their own. */
function ownUnits({ Table, LocalSecondaryIndexes }: ConsumedCapacity): number {
  let sum = Table?.CapacityUnits ?? 0;
  for (const name in LocalSecondaryIndexes) sum += LocalSecondaryIndexes[name]?.CapacityUnits ?? 0;
  return sum;
}

const THROTTLES: ReadonlySet<string> = new Set(["ProvisionedThroughputExceededException", "ThrottlingException"]);

/** What says which tables a request was about. */
interface Named {
  readonly TableName?: string | undefined;
  readonly RequestItems?: object;
}

function failed(ctx: Ctx, operation: string, error: AwsError, { TableName, RequestItems = {} }: Named): void {
  const now = ctx.clock.now();
  if (THROTTLES.has(error.name)) {
    // a batch of which nothing was done names several tables
    for (const name of TableName === undefined ? Object.keys(RequestItems) : [TableName]) {
      tableOf(ctx, name).series("ThrottledRequests", "Count", { Operation: operation }).add(1, now);
    }
  } else if (error.name === "ConditionalCheckFailedException" && TableName !== undefined) {
    tableOf(ctx, TableName).series("ConditionalCheckFailedRequests", "Count").add(1, now);
  } else tablesOf(ctx).all("UserErrors", "Count").add(1, now);
}

/** Something of a request was throttled; a batch may have many such events, though it is answered. */
export function countThrottle(store: DynamoDbStore, { clock, metrics }: Host, throttle: Throttle): void {
  const table = tablesOf({ account: store.account, region: store.region, metrics, store }).of(throttle.tableName);
  const of: Record<string, string> = {};
  if (throttle.indexName !== undefined) of["GlobalSecondaryIndexName"] = throttle.indexName;
  const cause = throttle.limit.replace("Exceeded", "");
  for (const name of [`${throttle.direction}ThrottleEvents`, `${throttle.direction}${cause}ThrottleEvents`]) {
    table.series(name, "Count", of).add(1, clock.now());
  }
}

/** The series of one table, by the operation or index that they are about, if any, and their name. */
class TableMetrics {
  readonly #make: (name: string, unit: MetricUnit, dimensions: Readonly<Record<string, string>>) => Series;
  readonly #series = new Map<string, Map<string, Series>>();

  constructor(make: TableMetrics["series"]) {
    this.#make = make;
  }

  series(name: string, unit: MetricUnit, more: Readonly<Record<string, string>> = {}): Series {
    const about = more["Operation"] ?? more["GlobalSecondaryIndexName"] ?? "";
    let named = this.#series.get(about);
    if (!named) this.#series.set(about, (named = new Map()));
    let found = named.get(name);
    if (!found) named.set(name, (found = this.#make(name, unit, more)));
    return found;
  }
}

type Owner = Pick<Ctx, "account" | "region" | "metrics" | "store">;

/** The tables of one account and region. */
class Tables {
  readonly #tables = new Map<string, TableMetrics>();
  readonly all: (name: string, unit: MetricUnit, dimensions?: Readonly<Record<string, string>>) => Series;

  constructor({ account, region, metrics }: Owner) {
    this.all = (name, unit, dimensions = {}) =>
      metrics.series({ account, region }, { namespace: "AWS/DynamoDB", name, dimensions, unit });
  }

  of(TableName: string): TableMetrics {
    let found = this.#tables.get(TableName);
    if (!found) {
      found = new TableMetrics((name, unit, more) => this.all(name, unit, { TableName, ...more }));
      this.#tables.set(TableName, found);
    }
    return found;
  }
}

/** Of whoever the table belongs to, by its name, whatever a request names it by. */
function tableOf(ctx: Owner, nameOrArn: string): TableMetrics {
  if (!nameOrArn.startsWith("arn:")) return tablesOf(ctx).of(nameOrArn);
  const { metrics } = ctx;
  const store = ctx.store.ofTable(nameOrArn);
  const { account, region } = store;
  return tablesOf({ account, region, metrics, store }).of(tableNameOf(store, nameOrArn));
}

const known = new WeakMap<DynamoDbState["store"], Tables>();

function tablesOf(ctx: Owner): Tables {
  let tables = known.get(ctx.store);
  if (!tables) known.set(ctx.store, (tables = new Tables(ctx)));
  return tables;
}
