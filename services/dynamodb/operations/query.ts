import { validationError, violatedConstraint } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Condition, KeyCondition } from "../expressions/index.ts";
import type { Operation } from "../index.ts";
import { partitionPrefix } from "../item-keys.ts";
import type { EntryRange } from "../item-store.ts";
import { checkNoPartsOfKeys, checkQueried } from "../key-checks.ts";
import { endOf, sortKeyRange } from "../key-order.ts";
import { keyNames, type Index, type Table } from "../model.ts";
import { checkFilterProjected, checkSelect, readAnswer, readingOf, readPage } from "../read-page.ts";
import { parseStartKey, startAfter } from "../start-key.ts";

const LEGACY = ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"];

/**
 * Reads the items of one partition of a table or an index in the order of their sort key, by pages of 1 MB.
 * @throws ValidationException, ResourceNotFoundException, ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
export const query: Operation<"Query"> = (ctx, input) => {
  if (input.Limit !== undefined && input.Limit < 1) {
    throw violatedConstraint("Limit", "Member must have value greater than or equal to 1");
  }
  checkExpressionParameters(input, ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"], LEGACY);
  const start = parseStartKey(input.ExclusiveStartKey);
  const expressions = expressionsOf(input);
  const { keyCondition } = expressions;
  if (keyCondition === undefined) {
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  }
  checkSelect(input, "1 validation error detected: ");
  const table = ctx.store.activeTable(input.TableName);
  const reading = readingOf(table, input, expressions);
  const range = partitionRange(table, reading.index, keyCondition);
  checkFilterProjected(reading);
  checkFilter(reading.filter, table, reading.index, input.QueryFilter ? "QueryFilter" : "Filter Expression");
  const after = start && startAfter(table, reading.index, start, true);
  if (after !== undefined) checkInside(after, range);
  checkNoPartsOfKeys(table, reading.projection, reading.filter);

  const page = readPage(ctx.store, reading, {
    ...range,
    ...(after !== undefined && { after }),
    reverse: input.ScanIndexForward === false,
  });
  return readAnswer(reading, page, input);
};

interface PartitionRange extends EntryRange {
  readonly partition: Uint8Array;
}

function partitionRange(table: Table, index: Index | undefined, condition: KeyCondition): PartitionRange {
  const { space, keys } = index ?? table;
  const { partition, sort } = condition.resolve(keys);
  checkQueried(table, index, partition, sort);
  const prefix = partitionPrefix(space, partition);
  const { start, end } = sort === undefined ? {} : sortKeyRange(sort);
  return {
    partition: prefix,
    start: start === undefined ? prefix : Buffer.concat([prefix, start]),
    end: end === undefined ? endOf(prefix) : Buffer.concat([prefix, end]),
  };
}

function checkFilter(filter: Condition | undefined, table: Table, index: Index | undefined, parameter: string): void {
  const name = keyNames((index ?? table).keys).find((key) => filter?.attributes.has(key));
  if (name !== undefined) {
    throw validationError(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
}

function checkInside(after: Uint8Array, { partition, start, end }: PartitionRange): void {
  if (Buffer.compare(after.subarray(0, partition.length), partition) !== 0) {
    throw validationError("The provided starting key is outside query boundaries based on provided conditions");
  }
  if (Buffer.compare(after, start) < 0 || Buffer.compare(after, end) >= 0) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
}
