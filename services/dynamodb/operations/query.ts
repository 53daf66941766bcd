import type { InputOf } from "../../../emulator/model/sdk.ts";
import { valuesEqual, type Item } from "../attribute-value.ts";
import { isCounted } from "../contributor-insights/model.ts";
import { validationError } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Condition, QueriedKey } from "../expressions/index.ts";
import type { Operation } from "../index.ts";
import { isIndexable } from "../legacy-operators.ts";
import { checkLegacyFilter } from "../legacy-parameters.ts";
import { PARTITION_PREFIX_BYTES, partitionPrefix } from "../item-keys.ts";
import { checkNoPartsOfKeys, checkQueried } from "../key-checks.ts";
import { rangeWithin, sortKeyRange } from "../key-order.ts";
import { keyNames, type Index, type Keys, type Table } from "../model.ts";
import { checkFilterProjected, checkSelect, readAnswer, readingOf, readPage, type Reading } from "../read-page.ts";
import { parseQueryStartKey, startAfter } from "../start-key.ts";
import { LATER_WORDS } from "../value-words.ts";

const LEGACY = ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"];

/**
 * Reads the items of one partition of a table or an index in the order of their sort key, by pages of 1 MB.
 * @throws ValidationException, ResourceNotFoundException, ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
export const query: Operation<"Query"> = (ctx, input) => {
  checkExpressionParameters(input, ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"], LEGACY);
  checkLegacyFilter(input);
  const start = parseQueryStartKey(input.ExclusiveStartKey);
  const expressions = expressionsOf(input, LATER_WORDS);
  const { keyCondition } = expressions;
  if (keyCondition === undefined) {
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  }
  checkSelect(input);
  const table = ctx.store.activeTable(input.TableName);
  const reading = readingOf(table, input, expressions);
  const after = start && startAfter(table, reading.index, start);
  const { keys } = reading.index ?? table;
  checkIndexable(keys, input.KeyConditions);
  const key = keyCondition.resolve(keys);
  checkQueried(table, reading.index, key);
  checkFilterProjected(reading);
  checkFilter(reading.filter, table, reading.index, input.QueryFilter ? "QueryFilter" : "Filter Expression");
  if (start !== undefined && after !== undefined) checkInside(reading, key, start, after);
  checkNoPartsOfKeys(table, reading.projection, reading.filter);

  const { space } = reading.index ?? table;
  const range = rangeWithin(partitionPrefix(space, key.partition), sortKeyRange(key.sort));
  const page = readPage(
    ctx.store,
    isCounted(table) ? { ...reading, contributor: contributorOf(reading, key) } : reading,
    { ...range, ...(after !== undefined && { after }), reverse: input.ScanIndexForward === false },
  );
  return readAnswer(reading, page, input);
};

/** What is queried, as an item. */
const contributorOf = ({ table, index }: Reading, { partition }: QueriedKey): Item =>
  Object.fromEntries((index ?? table).keys.partition.map(({ name }, i) => [name, partition[i]!]));

/** As far as the conditions are on the attributes of the key, in their order. @throws AwsError ValidationException */
function checkIndexable(keys: Keys, conditions: InputOf<"dynamodb", "Query">["KeyConditions"]): void {
  const names = keyNames(keys);
  if (conditions === undefined || Object.keys(conditions).length > names.length) return;
  for (const name of names) {
    const condition = conditions[name];
    if (condition === undefined) return;
    if (!isIndexable(condition)) {
      throw validationError("Attempted conditional constraint is not an indexable operation");
    }
  }
}

function checkFilter(filter: Condition | undefined, table: Table, index: Index | undefined, parameter: string): void {
  const name = keyNames((index ?? table).keys).find((key) => filter?.attributes.has(key));
  if (name !== undefined) {
    throw validationError(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
}

/** A starting key is one that the condition selects: what AWS says otherwise, in the order in which it looks. */
function checkInside({ table, index }: Reading, { partition, sort }: QueriedKey, start: Item, after: Uint8Array): void {
  const { keys } = index ?? table;
  const isOther = keys.partition.map(({ name }, i) => !valuesEqual(start[name]!, partition[i]!));
  if (isOther.slice(0, -1).includes(true)) throw atMostOneRow();
  const range = sortKeyRange(sort);
  const place = after.subarray(PARTITION_PREFIX_BYTES);
  const isBefore = range.start !== undefined && Buffer.compare(place, range.start) < 0;
  if (isBefore || (range.end !== undefined && Buffer.compare(place, range.end) >= 0)) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  if (isOther.at(-1) !== true) return;
  if (sort.length > 0) throw atMostOneRow();
  throw validationError(
    index === undefined && keys.sort.length === 0
      ? "The provided exclusive start key is invalid"
      : "The provided starting key is outside query boundaries based on provided conditions",
  );
}

const atMostOneRow = () => validationError("The query can return at most one row and cannot be restarted");
