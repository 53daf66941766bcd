import { parseFilterPattern } from "../filter-pattern.ts";
import type { Operation } from "../index.ts";

/**
 * Answers which messages a pattern matches, and what it names in them.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
 */
export const testMetricFilter: Operation<"TestMetricFilter"> = (_ctx, input) => {
  const pattern = parseFilterPattern(input.filterPattern);
  return {
    matches: input.logEventMessages.flatMap((eventMessage, index) =>
      pattern.matches(eventMessage)
        ? [{ eventNumber: index + 1, eventMessage, extractedValues: pattern.extracted(eventMessage) }]
        : [],
    ),
  };
};
