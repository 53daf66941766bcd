import type { Outcome } from "./delivery.ts";
import type { StreamRecord } from "./model.ts";

const success: Outcome = { kind: "success" };
const failure: Outcome = { kind: "failure" };

/**
 * Reads a function's answer with ReportBatchItemFailures on. Nothing, null, or an empty or absent list is success; the
 * lowest sequence number listed is where to go on; an empty, null, misspelt or unknown identifier, or an answer of
 * another shape, fails the whole batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-conditions
 */
export function partialOutcome(payload: string, records: readonly StreamRecord[]): Outcome {
  if (payload === "") return success;
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return failure;
  }
  if (answer === null) return success;
  if (typeof answer !== "object" || Array.isArray(answer)) return failure;
  const failures: unknown = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return failure;
  if (failures.length === 0) return success;

  const places = new Map(records.map((record, index) => [record.sequenceNumber, index]));
  let failedIndex = records.length;
  for (const item of failures as unknown[]) {
    const identifier = (item as { itemIdentifier?: unknown } | null | undefined)?.itemIdentifier;
    const index = typeof identifier === "string" ? places.get(identifier) : undefined;
    if (index === undefined) return failure;
    failedIndex = Math.min(failedIndex, index);
  }
  return { kind: "partial", failedIndex };
}
