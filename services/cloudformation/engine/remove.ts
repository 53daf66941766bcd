import type { Incarnation, ResourceRecord } from "../model.ts";
import { Stopping } from "./failure.ts";
import { removeHalfMade } from "./incarnation.ts";
import type { StackRun } from "./stack-run.ts";
import { reversed, walk, type WalkResult } from "./walk.ts";

/** Something to be removed: a resource of the stack, or an old one that another has taken the place of. */
interface Doomed {
  readonly record: ResourceRecord;
  readonly retired?: Incarnation;
  readonly dependencies: readonly string[];
}

export interface RemovalOptions {
  /** `stack`: records stay, marked as deleted. `clean-up`: records go with their resources, and failures are passed over. */
  readonly of: "stack" | "clean-up";
  /** Whether a resource is left alone, by its policy or by the caller's wish. */
  readonly keep: (record: ResourceRecord, retired: Incarnation | undefined) => boolean;
}

/** Removes resources, those first that others do not depend on. */
export async function removeAll(
  run: StackRun,
  records: readonly ResourceRecord[],
  retiredOf: readonly ResourceRecord[],
  options: RemovalOptions,
): Promise<WalkResult> {
  const doomed = new Map<string, Doomed>();
  for (const record of records) doomed.set(record.logicalId, { record, dependencies: record.dependencies });
  for (const record of retiredOf) {
    for (const retired of record.retired) {
      doomed.set(`${record.logicalId} ${retired.physicalId}`, { record, retired, dependencies: retired.dependencies });
    }
  }
  const keysOf = new Map<string, string[]>();
  for (const [key, { record }] of doomed) keysOf.set(record.logicalId, [...(keysOf.get(record.logicalId) ?? []), key]);
  const dependencies = new Map(
    [...doomed].map(([key, item]) => [key, item.dependencies.flatMap((id) => keysOf.get(id) ?? [])]),
  );
  const began = run.stack;
  return walk(reversed(dependencies), (key) => removeOne(run, doomed.get(key) as Doomed, options), {
    goOn: true,
    mayGoOn: () => run.isCurrent(began),
  });
}

async function removeOne(run: StackRun, { record, retired }: Doomed, options: RemovalOptions): Promise<void> {
  try {
    if (retired) await removeRetired(run, record, retired, options);
    else await removeCurrent(run, record, options);
  } catch (error) {
    if (error instanceof Stopping || run.stopping) throw error;
    const reason = run.reason(error, record.type);
    if (retired) forgetRetired(run, record, retired, { status: "DELETE_FAILED", reason });
    else if (options.of === "stack")
      run.store.setResourceStatus(run.stackId, { ...record, status: "DELETE_FAILED", reason });
    else {
      run.store.addResourceEvent(run.stackId, { ...record, status: "DELETE_FAILED", reason });
      run.store.removeResource(run.stackId, record.logicalId);
    }
    if (options.of === "stack") throw error;
  }
}

async function removeCurrent(run: StackRun, record: ResourceRecord, options: RemovalOptions): Promise<void> {
  if (record.status === "DELETE_COMPLETE" || record.status === "DELETE_SKIPPED") return;
  const provider = run.provider(record.type);
  const finish = (status: "DELETE_COMPLETE" | "DELETE_SKIPPED") => {
    const done: ResourceRecord = {
      ...record,
      status,
      reason: undefined,
      attempt: undefined,
      retired: current().retired,
    };
    run.store.write(() => {
      run.store.setResourceStatus(run.stackId, done);
      if (options.of === "clean-up" && done.retired.length === 0)
        run.store.removeResource(run.stackId, record.logicalId);
    });
  };
  const current = () => run.store.resource(run.stackId, record.logicalId) ?? record;
  if (record.physicalId === undefined && !record.attempt) return finish("DELETE_COMPLETE");
  if (record.physicalId !== undefined && options.keep(record, undefined)) return finish("DELETE_SKIPPED");
  run.store.setResourceStatus(run.stackId, { ...record, status: "DELETE_IN_PROGRESS", reason: undefined });
  if (record.attempt) await removeHalfMade(run, provider, record);
  else await provider.remove(run.context(record.logicalId), record.physicalId as string, record.properties);
  finish("DELETE_COMPLETE");
}

async function removeRetired(
  run: StackRun,
  record: ResourceRecord,
  retired: Incarnation,
  options: RemovalOptions,
): Promise<void> {
  if (options.keep(record, retired)) return forgetRetired(run, record, retired, { status: "DELETE_SKIPPED" });
  const event = { logicalId: record.logicalId, physicalId: retired.physicalId, type: retired.type };
  run.store.addResourceEvent(run.stackId, { ...event, status: "DELETE_IN_PROGRESS" });
  await run.provider(retired.type).remove(run.context(record.logicalId), retired.physicalId, retired.properties);
  forgetRetired(run, record, retired, { status: "DELETE_COMPLETE" });
}

function forgetRetired(
  run: StackRun,
  record: ResourceRecord,
  retired: Incarnation,
  outcome: { status: "DELETE_COMPLETE" | "DELETE_SKIPPED" | "DELETE_FAILED"; reason?: string },
): void {
  const { store, stackId } = run;
  store.write(() => {
    store.addResourceEvent(stackId, {
      logicalId: record.logicalId,
      physicalId: retired.physicalId,
      type: retired.type,
      ...outcome,
    });
    const now = store.resource(stackId, record.logicalId);
    if (!now) return;
    const left = now.retired.filter(({ physicalId }) => physicalId !== retired.physicalId);
    store.putResource(stackId, { ...now, retired: left });
  });
}
