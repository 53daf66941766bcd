import { writtenOutput, writtenText } from "../../emulator/protocol/written-output.ts";
import type { Item } from "./attribute-value.ts";
import { consumed, noUnits, readUnits, totalUnits, type Units } from "./capacity.ts";
import { isCounted } from "./contributor-insights/model.ts";
import { counted, invalidParameter, validationError } from "./errors.ts";
import type { Condition, Projection } from "./expressions/index.ts";
import { projectedNames } from "./index-entries.ts";
import { itemKey, PARTITION_PREFIX_BYTES } from "./item-keys.ts";
import { keyOf } from "./key-checks.ts";
import type { EntryRange, StoredItem } from "./item-store.ts";
import { keyNames, MAX_PAGE_BYTES, type Index, type Table } from "./model.ts";
import { checkSelectValue } from "./request-members.ts";
import type { DynamoDbStore } from "./store.ts";
import { wireItem } from "./wire.ts";

/** What Query and Scan have in common. */
export interface Reading {
  readonly table: Table;
  readonly index: Index | undefined;
  /** A local index that lacks attributes which are asked for: the items come from the table. */
  readonly fetches: boolean;
  readonly consistent: boolean | undefined;
  readonly limit: number | undefined;
  /** Where a page is read from several ranges: what is left of its size. */
  readonly pageBytes?: number;
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
  readonly countOnly: boolean;
  /** Whom contributor insights count it for: an item with the partition key that is read, or each item by itself. */
  readonly contributor?: Item | "each";
}

/** An item of a page; its JSON is there already where nothing is taken from it. */
interface PageItem {
  readonly item: Item;
  readonly text: string;
}

export interface Page {
  readonly items: readonly PageItem[];
  readonly count: number;
  readonly scannedCount: number;
  /** What has been read. */
  readonly bytes: number;
  /** The key of the last item that was read, where the page ended before the range did. */
  readonly lastKey: Item | undefined;
  readonly units: Units;
}

interface ReadParameters {
  readonly IndexName?: string | undefined;
  readonly Select?: string | undefined;
  readonly AttributesToGet?: readonly string[] | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly ConsistentRead?: boolean | undefined;
  readonly Limit?: number | undefined;
}

/** What of Select needs no table. @throws AwsError ValidationException */
export const checkSelect = (input: ReadParameters): void => counted(() => checkChoice(input));

function checkChoice(input: ReadParameters): void {
  const { Select, IndexName } = input;
  checkSelectValue(Select);
  const choice = (["ProjectionExpression", "AttributesToGet"] as const).find((name) => input[name] !== undefined);
  if (choice !== undefined && Select !== undefined && Select !== "SPECIFIC_ATTRIBUTES") {
    const choosing = Select === "COUNT" ? "only the Count" : Select;
    throw validationError(`Cannot specify the ${choice} when choosing to get ${choosing}`);
  }
  if (Select === "SPECIFIC_ATTRIBUTES" && choice === undefined) {
    throw validationError(
      `Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
    );
  }
  if (Select === "ALL_PROJECTED_ATTRIBUTES" && IndexName === undefined) {
    throw validationError(`ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`);
  }
}

/** @throws AwsError ValidationException */
export function readingOf(
  table: Table,
  input: ReadParameters,
  { filter, projection }: { readonly filter?: Condition; readonly projection?: Projection },
): Reading {
  const index = input.IndexName === undefined ? undefined : indexOf(table, input.IndexName);
  if (index?.kind === "global" && input.ConsistentRead === true) {
    throw validationError("Consistent reads are not supported on global secondary indexes");
  }
  return {
    table,
    index,
    fetches: index !== undefined && index.projection.type !== "ALL" && lacks(table, index, input.Select, projection),
    consistent: input.ConsistentRead,
    limit: input.Limit,
    filter,
    projection,
    countOnly: input.Select === "COUNT",
  };
}

function indexOf(table: Table, name: string): Index {
  const index = table.indexes.find((one) => one.name === name && one.status !== "DELETING");
  if (index === undefined) throw validationError(`The table does not have the specified index: ${name}`);
  if (index.status === "CREATING") {
    throw validationError(`Cannot read from backfilling global secondary index: ${name}`);
  }
  return index;
}

/** Whether more is asked for than an index has; a global index cannot give more. @throws AwsError ValidationException */
function lacks(table: Table, index: Index, select: string | undefined, projection: Projection | undefined): boolean {
  const has = projectedNames(table, index);
  const missing = [...(projection?.attributes ?? [])].filter((name) => !has.has(name));
  if (select !== "ALL_ATTRIBUTES" && missing.length === 0) return false;
  if (index.kind === "local") return true;
  throw invalidParameter(
    select === "ALL_ATTRIBUTES"
      ? `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`
      : `Global secondary index ${index.name} does not project [${missing.join(", ")}]`,
  );
}

/** A query filters what its index has, even where it fetches the rest from the table. @throws AwsError ValidationException */
export function checkFilterProjected({ table, index, filter }: Pick<Reading, "table" | "index" | "filter">): void {
  if (index === undefined || index.projection.type === "ALL" || filter === undefined) return;
  const has = projectedNames(table, index);
  const missing = [...filter.attributes].filter((name) => !has.has(name));
  if (missing.length === 0) return;
  throw invalidParameter(
    `Secondary index ${index.name} does not project one or more filter attributes: [${missing.join(", ")}]`,
  );
}

/** Names of the attributes of a LastEvaluatedKey: keys of the table, then those of the index. */
export const startKeyNames = (table: Table, index: Index | undefined): string[] => [
  ...new Set([...keyNames(table.keys), ...(index === undefined ? [] : keyNames(index.keys))]),
];

/**
 * Reads until the limit, the size of a page or the end of the range, whichever comes first.
 * @throws AwsError ProvisionedThroughputExceededException, ThrottlingException
 */
export function readPage(store: DynamoDbStore, reading: Reading, range: EntryRange): Page {
  const { table, index, filter, projection, pageBytes = MAX_PAGE_BYTES } = reading;
  const items: PageItem[] = [];
  let count = 0;
  let scannedCount = 0;
  let entryBytes = 0;
  let fetchedBytes = 0;
  let fetchedUnits = 0;
  let last: Item | undefined;
  const each = reading.contributor === "each" && isCounted(table) ? ([] as StoredItem[]) : undefined;
  for (const entry of store.items.read(range)) {
    scannedCount++;
    entryBytes += entry.sizeBytes;
    each?.push(entry);
    let stored = entry;
    if (reading.fetches) {
      stored = store.items.get(itemKey(table, entry.item)) ?? entry;
      fetchedBytes += stored.sizeBytes;
      fetchedUnits += readUnits(stored.sizeBytes, reading.consistent);
    }
    if (filter === undefined || filter.matches(stored.item)) {
      count++;
      if (!reading.countOnly)
        items.push(projection === undefined ? stored : new ProjectedItem(projection.apply(stored.item)));
    }
    if (scannedCount === reading.limit || entryBytes + fetchedBytes >= pageBytes) {
      last = entry.item;
      break;
    }
  }
  const units = noUnits();
  const entryUnits = readUnits(entryBytes, reading.consistent);
  units.table = index === undefined ? entryUnits : fetchedUnits;
  if (index !== undefined) units[index.kind].set(index.name, entryUnits);
  const contributor = reading.contributor === "each" ? each : reading.contributor;
  store.throughput.checkRead(table, index, totalUnits(units), partitionOf(range), contributor);
  const bytes = entryBytes + fetchedBytes;
  return { items, count, scannedCount, bytes, lastKey: last && startKey(last, table, index), units };
}

class ProjectedItem implements PageItem {
  readonly item: Item;

  constructor(item: Item) {
    this.item = item;
  }

  get text(): string {
    return JSON.stringify(this.item);
  }
}

/** The partition that a range is in; a scan goes through many. */
const partitionOf = ({ start }: EntryRange): Uint8Array | undefined =>
  start.length < PARTITION_PREFIX_BYTES ? undefined : start;

/** What Query and Scan answer of a page. */
export function readAnswer(
  { countOnly }: Reading,
  { items, count, scannedCount, lastKey, units }: Page,
  input: { readonly TableName: string; readonly ReturnConsumedCapacity?: Parameters<typeof consumed>[0] },
) {
  const others = {
    Count: count,
    ScannedCount: scannedCount,
    LastEvaluatedKey: lastKey && wireItem(lastKey),
    ConsumedCapacity: consumed(input.ReturnConsumedCapacity, input.TableName, units),
  };
  if (countOnly) return others;
  return writtenOutput(others, "Items", {
    json: writtenText(() => `[${items.map(({ text }) => text).join(",")}]`),
    value: () => items.map(({ item }) => wireItem(item)),
  });
}

const startKey = (item: Item, table: Table, index: Index | undefined): Item => ({
  ...keyOf(item, table.keys),
  ...(index !== undefined && keyOf(item, index.keys)),
});
