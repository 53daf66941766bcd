import type { Incarnation, ResourceRecord } from "../model.ts";
import type { AnyProvider } from "../provider.ts";
import type { StackRun } from "./stack-run.ts";

/** The physical resource that a record stands for. */
export function incarnation(record: ResourceRecord, physicalId: string): Incarnation {
  const { type, properties, unresolved, attributes, dependencies } = record;
  const { deletionPolicy, updateReplacePolicy, metadata } = record;
  const policies = { deletionPolicy, updateReplacePolicy, metadata };
  return { type, physicalId, properties, unresolved, attributes, dependencies, ...policies };
}

/** The record with an old resource in its place again; the one that had taken it is retired. */
export function swapBack(record: ResourceRecord, before: Incarnation): ResourceRecord {
  const { physicalId } = record;
  const made = physicalId !== undefined && physicalId !== before.physicalId ? [incarnation(record, physicalId)] : [];
  const retired = record.retired.filter((old) => old.physicalId !== before.physicalId);
  return {
    ...record,
    ...before,
    retired: [...retired, ...made],
    undo: undefined,
    attempt: undefined,
    pending: undefined,
    reason: undefined,
    status: "UPDATE_COMPLETE",
  };
}

/** Removes what a creation that did not come to its end has left. */
export async function removeHalfMade(run: StackRun, provider: AnyProvider, record: ResourceRecord): Promise<void> {
  const { attempt, logicalId } = record;
  if (!attempt) return;
  const context = run.context(logicalId);
  const physicalId = record.physicalId ?? (await provider.find(context, attempt.properties, attempt.name));
  if (physicalId !== undefined) await provider.remove(context, physicalId, attempt.properties);
}
