import type { Outcome } from "./delivery.ts";
import type { SourceRecord } from "./model.ts";

const success: Outcome = { kind: "success" };
const failure: Outcome = { kind: "failure" };

/** The answer as an object; nothing and null are an empty one; undefined: it is of another shape. */
function objectOf(payload: string): Readonly<Record<string, unknown>> | undefined {
  if (payload === "") return {};
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (answer === null) return {};
  return typeof answer === "object" && !Array.isArray(answer) ? (answer as Record<string, unknown>) : undefined;
}

/** The identifiers that an answer lists as failed; undefined: it is of another shape, or lists one that is no text. */
function failedIdentifiers(payload: string): readonly string[] | undefined {
  const answer = objectOf(payload);
  if (!answer) return undefined;
  const failures: unknown = answer["batchItemFailures"] ?? [];
  if (!Array.isArray(failures)) return undefined;
  const identifiers = (failures as unknown[]).map(
    (item) => (item as { itemIdentifier?: unknown } | null | undefined)?.itemIdentifier,
  );
  return identifiers.every((identifier) => typeof identifier === "string") ? identifiers : undefined;
}

/**
 * Reads a function's answer with ReportBatchItemFailures on. Nothing, null, or an empty or absent list is success; an
 * empty, null, misspelt or unknown identifier, or an answer of another shape, fails the whole batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-conditions
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function partialOutcome(payload: string, records: readonly SourceRecord[]): Outcome {
  const identifiers = failedIdentifiers(payload);
  if (!identifiers) return failure;
  if (identifiers.length === 0) return success;
  const ids = new Set(records.map(({ id }) => id));
  if (!identifiers.every((identifier) => ids.has(identifier))) return failure;
  return { kind: "partial", failed: new Set(identifiers) };
}

/**
 * The state that an answer hands to the next invocation of its tumbling window, as JSON; undefined: it has none that is an
 * object, and the invocation has failed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html#streams-tumbling-processing
 */
export function windowStateOf(payload: string): string | undefined {
  const state = objectOf(payload)?.["state"];
  return typeof state === "object" && state !== null && !Array.isArray(state) ? JSON.stringify(state) : undefined;
}

/** What a function that failed says of it. */
export function errorOf(payload: string): string {
  const { errorType, errorMessage } = objectOf(payload) ?? {};
  return [errorType, errorMessage].filter((part) => typeof part === "string" && part !== "").join(": ");
}
