import { parseItem, type Item } from "../attribute-value.ts";
import { consumedByRead, readUnits, type ConsumedCapacity } from "../capacity.ts";
import { validationError, violatedConstraint } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Projection } from "../expressions/index.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { byName } from "../../../emulator/runtime/by-name.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { checkKey, checkNoPartsOfKeys, checkUnseen } from "../key-checks.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { throttled, type Throttle } from "../throughput/throttle.ts";
import { wireItem, type WireItem } from "../wire.ts";
import { LATER_WORDS } from "../value-words.ts";

type Request = NonNullable<InputOf<"dynamodb", "BatchGetItem">["RequestItems"]>[string];

const MOST_KEYS = 100;
/** What one answer carries; keys beyond it are left to the caller. */
const MOST_BYTES = 16 * 1024 * 1024;

interface TableGet {
  readonly name: string;
  readonly request: Request;
  readonly keys: readonly Item[];
  readonly projection: Projection | undefined;
}

/**
 * Reads up to 100 items by their keys, from one or more tables.
 * @throws ValidationException, ResourceNotFoundException, ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const batchGetItem: Operation<"BatchGetItem"> = (ctx, input) => {
  checkLengths(input.RequestItems);
  const gets = Object.entries(input.RequestItems).map(([name, request]) => parse(name, request));
  if (gets.reduce((sum, { keys }) => sum + keys.length, 0) > MOST_KEYS) {
    throw validationError("Too many items requested for the BatchGetItem call");
  }
  const seen = new Set<string>();
  const located = gets.map((get) => {
    const store = ctx.store.ofTable(get.name);
    return { ...get, store, ...locate(store, get, seen) };
  });

  const responses = byName<WireItem[]>();
  const unprocessed = byName<Request>();
  const capacities: ConsumedCapacity[] = [];
  let bytes = 0;
  let served = 0;
  let firstThrottle: Throttle | undefined;
  for (const { name, request, keys, projection, store, table, places } of located) {
    const found: WireItem[] = [];
    const left: Item[] = [];
    let units = 0;
    for (const [i, key] of keys.entries()) {
      const place = places[i];
      const stored = place && store.items.get(place);
      const needed = readUnits(stored?.sizeBytes ?? 0, request.ConsistentRead);
      const isTooMuch = bytes + (stored?.sizeBytes ?? 0) > MOST_BYTES;
      const throttle = isTooMuch ? undefined : store.throughput.takeRead(table, undefined, needed, place, key);
      if (isTooMuch || throttle !== undefined) {
        firstThrottle ??= throttle;
        left.push(key);
        continue;
      }
      served++;
      bytes += stored?.sizeBytes ?? 0;
      units += needed;
      if (stored) found.push(wireItem(projection === undefined ? stored.item : projection.apply(stored.item)));
    }
    responses[name] = found;
    if (left.length > 0) unprocessed[name] = { ...request, Keys: left.map(wireItem) };
    const capacity = consumedByRead(input.ReturnConsumedCapacity, name, units);
    if (capacity) capacities.push(capacity);
  }
  if (served === 0 && firstThrottle !== undefined) throw throttled(firstThrottle);
  return {
    Responses: responses,
    UnprocessedKeys: unprocessed,
    ...(capacities.length > 0 && { ConsumedCapacity: capacities }),
  };
};

function checkLengths(requests: Readonly<Record<string, Request>>): void {
  const check = (member: string, length: number): void => {
    if (length < 1) throw violatedConstraint(member, "Member must have length greater than or equal to 1");
    if (length > MOST_KEYS) {
      throw violatedConstraint(member, `Member must have length less than or equal to ${MOST_KEYS}`);
    }
  };
  check("RequestItems", Object.keys(requests).length);
  for (const [name, request] of Object.entries<Request | null>(requests)) {
    if (request === null) {
      throw validationError(`The list of keys in RequestItems for BatchGetItem is required: ${name} has empty list`);
    }
  }
  for (const [name, { Keys }] of Object.entries(requests)) check(`RequestItems.${name}.member.Keys`, Keys.length);
}

function parse(name: string, request: Request): TableGet {
  checkExpressionParameters(request, ["ProjectionExpression"], ["AttributesToGet"]);
  const keys = request.Keys.map((key: object | null) => {
    if (key !== null) return parseItem(key, LATER_WORDS);
    const problem = "The list of keys in RequestItems for BatchGetItem may not contain null or empty values";
    throw validationError(`${problem}: ${name} has one or more empty keys`);
  });
  return { name, request, projection: expressionsOf(request, LATER_WORDS).projection, keys };
}

/** @param seen the items so far: a table may be named by its name and by its ARN */
function locate(
  store: DynamoDbStore,
  { name, keys, projection }: TableGet,
  seen: Set<string>,
): { table: Table; places: Buffer[] } {
  const table = store.activeTable(name);
  checkNoPartsOfKeys(table, projection);
  const places = keys.map((key) => {
    checkKey(table, key);
    const place = itemKey(table, key);
    checkUnseen(place, seen);
    return place;
  });
  return { table, places };
}
