import type { InputOf, OutputOf } from "../../../emulator/model/sdk.ts";
import { byName } from "../../../emulator/runtime/by-name.ts";
import { parseItem, type Item } from "../attribute-value.ts";
import { addWrite, consumed, noUnits } from "../capacity.ts";
import { CollectionGrowth, collectionMetrics } from "../collection-growth.ts";
import { collectionTooLarge, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { hasCollections } from "../item-collections.ts";
import { itemKey } from "../item-keys.ts";
import { sized, type SizedItem } from "../item-store.ts";
import { checkIndexKeyTypes, checkItemNotEmpty, checkKey, checkUnseen, keyOf } from "../key-checks.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { throttled, type Throttle } from "../throughput/throttle.ts";
import { checkPutSize, currentTable } from "../write-item.ts";

type WriteRequest = NonNullable<InputOf<"dynamodb", "BatchWriteItem">["RequestItems"]>[string][number];
type Metrics = NonNullable<OutputOf<"dynamodb", "BatchWriteItem">["ItemCollectionMetrics"]>;

const MOST_REQUESTS = 25;

type Write = { readonly request: WriteRequest; readonly key: Item; readonly next: SizedItem | undefined };
type Located = Write & { readonly place: Buffer };

/**
 * Puts and deletes up to 25 items, in one or more tables, without conditions.
 * @throws ValidationException, ResourceNotFoundException, ItemCollectionSizeLimitExceededException,
 * ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export const batchWriteItem: Operation<"BatchWriteItem"> = async (ctx, input) => {
  const requests = Object.entries(input.RequestItems);
  if (requests.length === 0) throw validationError("The requestItems parameter is required for BatchWriteItem");
  const nothing = Object.entries<readonly WriteRequest[] | null>(input.RequestItems).find(
    ([, writes]) => writes === null,
  );
  if (nothing !== undefined) {
    throw validationError(`The batch write request list for a table cannot be null or empty: ${nothing[0]}`);
  }
  if (requests.reduce((sum, [, writes]) => sum + writes.length, 0) > MOST_REQUESTS) {
    throw validationError("Too many items requested for the BatchWriteItem call");
  }
  const parsed = requests.map(([name, writes]) => ({ name, writes: writes.map(parse) }));
  const seen = new Set<string>();
  const batches = parsed.map(({ name, writes }) => {
    const store = ctx.store.ofTable(name);
    const table = store.activeTable(name);
    return { name, store, table, writes: locate(table, writes, seen) };
  });

  const { units, unprocessed, firstThrottle, written } = await ctx.store.writeTogether(() => writeBatches(batches));
  if (written === 0 && firstThrottle !== undefined) throw throttled(firstThrottle);
  const metrics: Metrics = byName();
  for (const { name, store, table, writes } of batches) {
    const of = writes.flatMap(
      ({ key }) => collectionMetrics(store, table, key, input.ReturnItemCollectionMetrics) ?? [],
    );
    if (of.length > 0) metrics[name] = of;
  }
  const capacities = batches.flatMap(
    ({ name }, i) => consumed(input.ReturnConsumedCapacity, name, units[i] ?? noUnits()) ?? [],
  );
  return {
    UnprocessedItems: unprocessed,
    ...(Object.keys(metrics).length > 0 && { ItemCollectionMetrics: metrics }),
    ...(capacities.length > 0 && { ConsumedCapacity: capacities }),
  };
};

interface Batch {
  readonly name: string;
  /** Of whoever the table belongs to. */
  readonly store: DynamoDbStore;
  readonly table: Table;
  readonly writes: readonly Located[];
}

/** What there is capacity for. To be called in a transaction, which may be run again. */
function writeBatches(batches: readonly Batch[]) {
  const unprocessed = byName<WriteRequest[]>();
  let firstThrottle: Throttle | undefined;
  let written = 0;
  const current = batches.map((batch) => ({ ...batch, table: currentTable(batch.store, batch.table) }));
  checkRooms(current);
  const units = current.map(({ name, store, table, writes }) => {
    const taken = noUnits();
    for (const { request, key, place, next } of writes) {
      const old = store.items.get(place);
      const throttle = store.throughput.takeWrite(table, place, { old, next }, 1, key);
      firstThrottle ??= throttle;
      if (throttle !== undefined) {
        (unprocessed[name] ??= []).push(request);
        continue;
      }
      written++;
      addWrite(taken, store.items.replace(table, place, old, next));
    }
    return taken;
  });
  return { units, unprocessed, firstThrottle, written };
}

/** Before anything is written. @throws AwsError ItemCollectionSizeLimitExceededException */
function checkRooms(batches: readonly Batch[]): void {
  for (const { store, table, writes } of batches) {
    if (!hasCollections(table)) continue;
    const { items } = store;
    const growth = new CollectionGrowth(items);
    const fits = writes.every(({ place, next }) => growth.hasRoom(table, place, { old: items.get(place), next }));
    if (!fits) throw collectionTooLarge();
  }
}

function parse(request: WriteRequest): Write {
  const { PutRequest, DeleteRequest } = request;
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  if (PutRequest !== undefined) {
    const next = sized(parseItem(PutRequest.Item));
    checkPutSize(next);
    return { request, key: next.item, next };
  }
  return { request, key: parseItem(DeleteRequest?.Key ?? {}), next: undefined };
}

/** @param seen the items so far: a table may be named by its name and by its ARN */
function locate(table: Table, writes: readonly Write[], seen: Set<string>): Located[] {
  return writes.map((write) => {
    if (write.next === undefined) checkKey(table, write.key);
    else checkPut(table, write.key);
    const place = itemKey(table, write.key);
    checkUnseen(place, seen);
    return { ...write, place };
  });
}

/** As PutItem, but with the words of a lookup for a key that is missing or of the wrong type. */
function checkPut(table: Table, item: Item): void {
  checkKey(table, keyOf(item, table.keys));
  checkItemNotEmpty(table, item);
  checkIndexKeyTypes(table, item);
}
