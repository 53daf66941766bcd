import type { Settings } from "../model.ts";

/** What became of one invocation. */
export type Answer =
  | { readonly kind: "returned"; readonly value: unknown }
  /** The function threw, or did not answer in time. */
  | { readonly kind: "failed" }
  /** It did not run at all. */
  | { readonly kind: "throttled" };

/** Records (by their place in the shard) that go to the function together, and what they have behind them. */
export interface Part {
  readonly records: readonly number[];
  readonly retriesUsed: number;
  readonly invokeCount: number;
}

/** What AWS's rules have follow from an attempt. */
export interface Consequence {
  readonly done: readonly number[];
  readonly givenUp: readonly number[];
  /** What goes to the function next, in this order. */
  readonly parts: readonly Part[];
}

interface Failures {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: unknown }[] | null;
}

/**
 * How many records from the first on an answer says are done; undefined: it makes no sense, so none is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
function doneCount(value: unknown, identifiers: readonly string[]): number | undefined {
  const failures = ((value ?? {}) as Failures).batchItemFailures ?? [];
  const places = failures.map(({ itemIdentifier }) => identifiers.indexOf(itemIdentifier as string));
  return places.includes(-1) ? undefined : Math.min(identifiers.length, ...places);
}

/** Whether nothing that was in the event counts as done, nor what the answer hands on. */
export const hasFailed = (answer: Answer, identifiers: readonly string[], reports: boolean): boolean =>
  answer.kind !== "returned" || (reports && doneCount(answer.value, identifiers) === undefined);

/**
 * @param identifiers sequence numbers of the part's records
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export function consequenceOf(
  answer: Answer,
  part: Part,
  identifiers: readonly string[],
  settings: Pick<Settings, "reportBatchItemFailures" | "bisectBatchOnFunctionError" | "maximumRetryAttempts">,
): Consequence {
  if (answer.kind === "throttled") return { done: [], givenUp: [], parts: [part] };
  const all = part.records.length;
  const counted = answer.kind === "failed" ? undefined : doneCount(answer.value, identifiers);
  const count = answer.kind === "returned" && !settings.reportBatchItemFailures ? all : (counted ?? 0);
  const done = part.records.slice(0, count);
  const records = part.records.slice(count);
  if (records.length === 0) return { done, givenUp: [], parts: [] };

  const { retriesUsed } = part;
  const invokeCount = part.invokeCount + 1;
  if (settings.bisectBatchOnFunctionError && (count > 0 || records.length > 1)) {
    // at the record that is named, or in the middle; which half has the odd one, AWS does not say
    const middle = Math.ceil(records.length / 2);
    const halves = count > 0 ? [records] : [records.slice(0, middle), records.slice(middle)];
    return {
      done,
      givenUp: [],
      parts: halves.map((half) => ({ records: half, retriesUsed, invokeCount })),
    };
  }
  const mayRetry = settings.maximumRetryAttempts === -1 || retriesUsed < settings.maximumRetryAttempts;
  if (!mayRetry) return { done, givenUp: records, parts: [] };
  return { done, givenUp: [], parts: [{ records, retriesUsed: retriesUsed + 1, invokeCount }] };
}
