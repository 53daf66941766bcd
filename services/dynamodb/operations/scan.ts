import { validationError } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { checkLegacyFilter } from "../legacy-parameters.ts";
import { segmentRange } from "../item-keys.ts";
import { checkNoPartsOfKeys } from "../key-checks.ts";
import { checkSelect, readAnswer, readingOf, readPage } from "../read-page.ts";
import { parseStartKey, startAfter } from "../start-key.ts";
import { LATER_WORDS } from "../value-words.ts";

const LEGACY = ["AttributesToGet", "ScanFilter", "ConditionalOperator"];

/**
 * Reads all items of a table or an index, or of one of its segments, by pages of 1 MB. Partitions come in the order of a
 * hash of their key, the items of each in the order of their sort key.
 * @throws ValidationException, ResourceNotFoundException, ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 */
export const scan: Operation<"Scan"> = (ctx, input) => {
  checkExpressionParameters(input, ["ProjectionExpression", "FilterExpression"], LEGACY);
  checkLegacyFilter(input);
  const start = parseStartKey(input.ExclusiveStartKey);
  const { Segment = 0, TotalSegments = 1 } = input;
  checkSegment(input.Segment, input.TotalSegments);
  const expressions = expressionsOf(input, LATER_WORDS);
  checkSelect(input);
  const table = ctx.store.activeTable(input.TableName);
  const reading = readingOf(table, input, expressions);
  const range = segmentRange((reading.index ?? table).space, Segment, TotalSegments);
  const after = start && startAfter(table, reading.index, start);
  if (after && (Buffer.compare(after, range.start) < 0 || Buffer.compare(after, range.end) >= 0)) {
    throw validationError(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. " +
        `TotalSegments: ${TotalSegments} Segment: ${Segment}`,
    );
  }
  checkNoPartsOfKeys(table, reading.projection, reading.filter);

  const page = readPage(
    ctx.store,
    { ...reading, contributor: "each" },
    after === undefined ? range : { ...range, after },
  );
  return readAnswer(reading, page, input);
};

function checkSegment(segment: number | undefined, total: number | undefined): void {
  if (segment !== undefined && total === undefined) {
    throw validationError(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (segment === undefined && total !== undefined) {
    throw validationError(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (segment !== undefined && total !== undefined && segment >= total) {
    throw validationError(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}
