import type { Outcome } from "./delivery.ts";
import type { StreamRecord } from "./model.ts";

const success: Outcome = { kind: "success" };
const failure: Outcome = { kind: "failure" };

/** The identifiers that an answer lists as failed; undefined: it is of another shape, or lists one that is no text. */
function failedIdentifiers(payload: string): readonly string[] | undefined {
  if (payload === "") return [];
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (answer === null) return [];
  if (typeof answer !== "object" || Array.isArray(answer)) return undefined;
  const failures: unknown = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const identifiers = (failures as unknown[]).map(
    (item) => (item as { itemIdentifier?: unknown } | null | undefined)?.itemIdentifier,
  );
  return identifiers.every((identifier) => typeof identifier === "string") ? identifiers : undefined;
}

/**
 * Reads a function's answer with ReportBatchItemFailures on. Nothing, null, or an empty or absent list is success; the
 * lowest sequence number listed is where to go on; an empty, null, misspelt or unknown identifier, or an answer of
 * another shape, fails the whole batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-conditions
 */
export function partialOutcome(payload: string, records: readonly StreamRecord[]): Outcome {
  const identifiers = failedIdentifiers(payload);
  if (!identifiers) return failure;
  if (identifiers.length === 0) return success;
  const places = new Map(records.map((record, index) => [record.sequenceNumber, index]));
  let failedIndex = records.length;
  for (const identifier of identifiers) {
    const index = places.get(identifier);
    if (index === undefined) return failure;
    failedIndex = Math.min(failedIndex, index);
  }
  return { kind: "partial", failedIndex };
}

/**
 * The same of a queue's batch: the ids of the messages that failed, all of them for an answer that makes no sense.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedMessageIds(payload: string, messageIds: readonly string[]): ReadonlySet<string> {
  const identifiers = failedIdentifiers(payload);
  const areKnown = identifiers?.every((identifier) => messageIds.includes(identifier)) === true;
  return new Set(areKnown ? identifiers : messageIds);
}
