import { compareValues, setAttribute, type Item, type MutableItem } from "../attribute-value.ts";
import { addUnits, noUnits, type Units } from "../capacity.ts";
import { validationError } from "../errors.ts";
import type { Condition, Path, Projection } from "../expressions/index.ts";
import { attributesOf, pathTree, valueAt } from "../expressions/paths.ts";
import { segmentRange } from "../item-keys.ts";
import type { EntryRange } from "../item-store.ts";
import { checkKeyNotEmpty, checkNoPartsOfKeys } from "../key-checks.ts";
import { keyNames, MAX_PAGE_BYTES, type Index, type Table } from "../model.ts";
import { checkFilterProjected, readingOf, readPage } from "../read-page.ts";
import { startAfter } from "../start-key.ts";
import type { DynamoDbStore } from "../store.ts";
import { toCondition } from "../expressions/condition.ts";
import { checkSingleAttributes, conjuncts, equalityOf } from "./key-conditions.ts";
import { isKeyed, keyRangesOf, type KeyRange } from "./key-ranges.ts";
import type { Progress } from "./next-token.ts";
import type { Select } from "./statement.ts";

/** How a SELECT is read: the ranges of keys in their order, and what is made of the entries in them. */
export interface Plan {
  readonly table: Table;
  readonly index: Index | undefined;
  readonly ranges: readonly EntryRange[];
  readonly isScan: boolean;
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
}

/** @throws AwsError ResourceNotFoundException, ValidationException */
export function planOf(store: DynamoDbStore, select: Select): Plan {
  const table = store.activeTable(select.source.tableName);
  const index = indexOf(table, select.source.indexName);
  const { space, keys } = index ?? table;
  checkSingleAttributes(keys);
  const filter = select.where && toCondition(select.where);
  const projection = select.paths && rowsOf(select.paths);
  checkNoPartsOfKeys(table, projection, filter);
  if (index === undefined) checkKeysNotEmpty(table, select);
  const ranges = select.where && keyRangesOf(select.where.bound, space, keys);
  if (select.where && isKeyed(select.where.bound, keys)) checkFilterProjected({ table, index, filter });
  const ordered = inOrder(select, keys, ranges);
  return { table, index, ranges: ordered ?? [segmentRange(space, 0, 1)], isScan: !ordered, filter, projection };
}

function indexOf(table: Table, name: string | undefined): Index | undefined {
  if (name === undefined) return undefined;
  const index = table.indexes.find((one) => one.name === name && one.status !== "DELETING");
  if (index === undefined) throw validationError("The table does not have the specified index");
  return index;
}

function checkKeysNotEmpty(table: Table, { where }: Select): void {
  for (const part of where === undefined ? [] : conjuncts(where.bound)) {
    const equality = equalityOf(part);
    if (equality !== undefined) checkKeyNotEmpty(table, { [equality.name]: equality.value });
  }
}

/** The ranges as ORDER BY wants them. @throws AwsError ValidationException */
function inOrder(
  { order, where }: Select,
  keys: Table["keys"],
  ranges: KeyRange[] | undefined,
): readonly EntryRange[] | undefined {
  if (order.length === 0) return ranges;
  if (where === undefined) {
    throw validationError("Must have WHERE clause in the statement when using ORDER BY clause.");
  }
  const foreign = order.find(({ name }) => !keyNames(keys).includes(name));
  if (foreign !== undefined) {
    throw validationError(`Variable reference ${foreign.name} in ORDER BY clause must be part of the primary key`);
  }
  if (ranges === undefined) {
    throw validationError(
      "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    );
  }
  const byPartition = order.find(({ name }) => name === keys.partition[0].name);
  const reverse = order.find(({ name }) => name === keys.sort[0]?.name)?.descending === true;
  const isOnePartition = ranges.every(({ partition }) => partition === ranges[0]?.partition);
  if (byPartition === undefined && !isOnePartition) {
    throw validationError(
      "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
    );
  }
  // parts of one partition stand in the order of their sort keys, and the sorting keeps them so
  const forward = reverse ? ranges.toReversed() : ranges;
  const sign = byPartition?.descending === true ? -1 : 1;
  return forward
    .toSorted((a, b) => sign * (compareValues(a.partition, b.partition) ?? 0))
    .map((range) => ({ ...range, reverse }));
}

/** The attributes that a SELECT names, each under the last name of its path. @throws AwsError ValidationException */
function rowsOf(paths: readonly Path[]): Projection {
  const names = paths.map(columnOf);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw validationError(`Duplicate identifiers in select clause: ${twice}`);
  pathTree(
    "Statement",
    paths.map((path) => [path, true]),
  );
  const apply = (item: Item): Item => {
    const row: MutableItem = {};
    for (const [i, path] of paths.entries()) {
      const value = valueAt(item, path);
      if (value !== undefined) setAttribute(row, names[i]!, value);
    }
    return row;
  };
  return { paths, ...attributesOf(paths), apply };
}

/** `a.b` is given as b, `a.b[0]` as `b[0]`. */
function columnOf(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === "string");
  return [path[last], ...path.slice(last + 1).map((index) => `[${index}]`)].join("");
}

export interface Rows {
  readonly items: readonly Item[];
  readonly units: Units;
  /** Where the next page begins; undefined when everything has been read. */
  readonly next: Progress | undefined;
}

export interface SelectOptions {
  readonly consistent: boolean | undefined;
  readonly limit: number | undefined;
  readonly from: Progress;
}

/**
 * Reads until the limit, 1 MB or the end of all ranges.
 * @throws AwsError ValidationException, ProvisionedThroughputExceededException, ThrottlingException
 */
export function runPlan(store: DynamoDbStore, plan: Plan, { consistent, limit, from }: SelectOptions): Rows {
  if (plan.index?.kind === "global" && consistent === true) {
    throw validationError("Strongly consistent read is not supported on Global Secondary Indexes");
  }
  const reading = readingOf(
    plan.table,
    { IndexName: plan.index?.name, ConsistentRead: consistent },
    { ...(plan.filter && { filter: plan.filter }), ...(plan.projection && { projection: plan.projection }) },
  );
  const items: Item[] = [];
  const units = noUnits();
  let left = limit ?? Infinity;
  let bytesLeft = MAX_PAGE_BYTES;
  for (let range = from.range; range < plan.ranges.length; range++) {
    const page = readPage(
      store,
      { ...reading, limit: left, pageBytes: bytesLeft },
      rangeAfter(plan, range, range === from.range ? from.after : undefined),
    );
    items.push(...page.items.map(({ item }) => item));
    addUnits(units, page.units);
    left -= page.scannedCount;
    bytesLeft -= page.bytes;
    if (page.lastKey !== undefined) return { items, units, next: { range, after: page.lastKey } };
  }
  return { items, units, next: undefined };
}

function rangeAfter({ table, index, ranges }: Plan, range: number, after: Item | undefined): EntryRange {
  const whole = ranges[range]!;
  if (after === undefined) return whole;
  const key = startAfter(table, index, after);
  if (Buffer.compare(key, whole.start) < 0 || Buffer.compare(key, whole.end) >= 0) {
    throw validationError("Invalid NextToken");
  }
  return { ...whole, after: key };
}
