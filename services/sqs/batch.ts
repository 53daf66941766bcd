import { AwsError } from "../../emulator/model/errors.ts";
import { emptyBatch, invalidEntryId, repeatedEntryId, tooManyEntries } from "./errors.ts";

const MOST_ENTRIES = 10;
const ID = /^[A-Za-z0-9_-]{1,80}$/;

export interface Failed {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/**
 * Checks a batch as a whole.
 * @throws EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 */
export function checkBatch<E extends { readonly Id?: string }>(
  entries: readonly E[] | undefined,
  kind: string,
): readonly E[] {
  if (!entries?.length) throw emptyBatch(kind);
  if (entries.length > MOST_ENTRIES) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const { Id = "" } of entries) {
    if (!ID.test(Id)) throw invalidEntryId();
    if (seen.has(Id)) throw repeatedEntryId(Id);
    seen.add(Id);
  }
  return entries;
}

/** Runs `work` for each entry: what it throws fails the entry alone. */
export function forEach<E extends { readonly Id: string }, R>(
  entries: readonly E[],
  work: (entry: E) => R,
): { readonly done: { readonly entry: E; readonly result: R }[]; readonly failed: Failed[] } {
  const done: { entry: E; result: R }[] = [];
  const failed: Failed[] = [];
  for (const entry of entries) {
    try {
      done.push({ entry, result: work(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return { done, failed };
}

/** The answer to a batch: SQS leaves out a list that has no entries, although its model calls both required. */
export const batchAnswer = <R>(successful: readonly R[], failed: readonly Failed[]) => ({
  Successful: successful.length > 0 ? [...successful] : undefined,
  Failed: failed.length > 0 ? [...failed] : undefined,
});
