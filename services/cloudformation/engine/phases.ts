import type { StackStatus } from "@aws-sdk/client-cloudformation";
import { deleteCancelled, exportInUse, noExport } from "../errors.ts";
import type { Deployment, EvaluatedOutput } from "../deployment.ts";
import type { ExportRecord, ResourceRecord, StackRecord } from "../model.ts";
import { Stopping } from "./failure.ts";
import { removeHalfMade, swapBack } from "./incarnation.ts";
import { removeAll, type RemovalOptions } from "./remove.ts";
import { settle } from "./settle.ts";
import type { StackRun } from "./stack-run.ts";
import { walk } from "./walk.ts";

type Phase = (run: StackRun, began: StackRecord) => Promise<void>;

/**
 * What is done to a stack in each of its states. Every phase reads what there is, does what is left to do and ends by
 * setting the next state, so that one that was cut off by a kill -9 is simply begun again.
 */
export const PHASES: Readonly<Partial<Record<StackStatus, Phase>>> = {
  CREATE_IN_PROGRESS: (run, began) => forward(run, began, "CREATE"),
  UPDATE_IN_PROGRESS: (run, began) => forward(run, began, "UPDATE"),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: (run, began) => cleanUp(run, began, "UPDATE_COMPLETE"),
  UPDATE_ROLLBACK_IN_PROGRESS: rollBackUpdate,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: (run, began) => cleanUp(run, began, "UPDATE_ROLLBACK_COMPLETE"),
  ROLLBACK_IN_PROGRESS: rollBackCreation,
  DELETE_IN_PROGRESS: deleteStack,
};

async function forward(run: StackRun, began: StackRecord, verb: "CREATE" | "UPDATE"): Promise<void> {
  let deployment: Deployment;
  try {
    deployment = run.deployment();
    const missing = deployment.missingImport();
    if (missing !== undefined) return failForward(run, began, verb, `${noExport(missing)} `);
  } catch (error) {
    return failForward(run, began, verb, `${messageOf(error)} `);
  }
  const { failed, errors } = await walk(deployment.dependencies, (id) => settle(run, deployment, id), {
    onFailure: () => run.cancelWaits(),
    mayGoOn: () => run.isCurrent(began),
  });
  if (!run.isCurrent(began)) return;
  if (errors.some((error) => error instanceof Stopping)) return;
  if (failed.length > 0) return failForward(run, began, verb, failedResources(run, failed, verb));
  completeForward(run, began, verb, deployment);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function failedResources(run: StackRun, failed: readonly string[], verb: "CREATE" | "UPDATE"): string {
  const created = failed.filter((id) => run.store.resource(run.stackId, id)?.status === "CREATE_FAILED");
  const updated = failed.filter((id) => !created.includes(id));
  const texts = [
    ...(created.length > 0 ? [`The following resource(s) failed to create: [${created.join(", ")}]. `] : []),
    ...(updated.length > 0
      ? [`The following resource(s) failed to ${verb === "CREATE" ? "create" : "update"}: [${updated.join(", ")}]. `]
      : []),
  ];
  return texts.join("");
}

/** Rolls back, or stops where it is, as the operation asks. */
export function failForward(run: StackRun, began: StackRecord, verb: "CREATE" | "UPDATE", reason: string): void {
  const { disableRollback, onFailure } = began.operation;
  if (disableRollback || onFailure === "DO_NOTHING") {
    run.store.setStackStatus(run.stackId, `${verb}_FAILED`, reason.trim());
  } else if (verb === "UPDATE") {
    run.store.setStackStatus(run.stackId, "UPDATE_ROLLBACK_IN_PROGRESS", reason.trim());
  } else if (onFailure === "DELETE") {
    run.store.setStackStatus(run.stackId, "DELETE_IN_PROGRESS", `${reason}Delete requested by user.`);
  } else {
    run.store.setStackStatus(run.stackId, "ROLLBACK_IN_PROGRESS", `${reason}Rollback requested by user.`);
  }
}

function completeForward(run: StackRun, began: StackRecord, verb: "CREATE" | "UPDATE", deployment: Deployment): void {
  const { store, stackId } = run;
  let outputs: EvaluatedOutput[];
  try {
    outputs = deployment.evaluateOutputs(run.resolver());
    checkExports(run, outputs);
  } catch (error) {
    return failForward(run, began, verb, `${messageOf(error)} `);
  }
  store.write(() => {
    store.replaceExports(stackId, exportsOf(stackId, outputs));
    store.replaceImports(stackId, began.name, deployment.imports());
    for (const record of store.resources(stackId))
      if (record.undo) store.putResource(stackId, { ...record, undo: undefined, imported: undefined });
    store.removeTemplate(stackId, "previous");
    const status = verb === "CREATE" ? "CREATE_COMPLETE" : "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";
    store.setStackStatus(stackId, status, undefined, { outputs, previous: undefined });
  });
}

const exportsOf = (stackId: string, outputs: readonly EvaluatedOutput[]): ExportRecord[] =>
  outputs.flatMap(({ exportName, value }) => (exportName === undefined ? [] : [{ name: exportName, value, stackId }]));

/** Export names are unique in an account and region, and one that is in use can be neither changed nor removed. */
function checkExports(run: StackRun, outputs: readonly EvaluatedOutput[]): void {
  const next = exportsOf(run.stackId, outputs);
  for (const { name } of next) {
    const owner = run.store.exported(name);
    if (owner && owner.stackId !== run.stackId) {
      const ownerName = run.store.findStack(owner.stackId)?.name ?? owner.stackId;
      throw new Error(`Export with name ${name} is already exported by stack ${ownerName}.`);
    }
    if (next.filter((each) => each.name === name).length > 1) throw new Error(`Duplicate export name ${name}.`);
  }
  for (const old of run.store.exportsOf(run.stackId)) {
    const importers = run.store.importers(old.name);
    const kept = next.find(({ name }) => name === old.name);
    if (importers.length === 0 || kept?.value === old.value) continue;
    throw new Error(exportInUse(old.name, importers, kept ? "updated" : "deleted"));
  }
}

async function cleanUp(
  run: StackRun,
  began: StackRecord,
  next: "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE",
): Promise<void> {
  const wanted = run.deployment().resources;
  const records = run.store.resources(run.stackId);
  const options: RemovalOptions = {
    of: "clean-up",
    keep: (record, retired) => {
      // the policy in force is the one of the template that replaces the resource, not of the one that made it
      if (retired) return record.updateReplacePolicy === "Retain" && next === "UPDATE_COMPLETE";
      if (next === "UPDATE_COMPLETE") return record.deletionPolicy !== "Delete";
      // in a rollback these are resources that the update had just made
      return isKeptByRollback(record, began);
    },
  };
  const doomed = records.filter(({ logicalId }) => !wanted.has(logicalId));
  await removeAll(run, doomed, records, options);
  if (!run.isCurrent(began)) return;
  for (const { logicalId } of doomed) run.store.removeResource(run.stackId, logicalId);
  run.store.setStackStatus(run.stackId, next);
}

const isKeptByRollback = ({ deletionPolicy, imported }: ResourceRecord, { operation }: StackRecord): boolean =>
  imported ?? (deletionPolicy === "Retain" && !operation.retainExceptOnCreate);

async function rollBackUpdate(run: StackRun, began: StackRecord): Promise<void> {
  const { store, stackId } = run;
  const touched = store.resources(stackId).filter(({ undo }) => undo && undo.kind !== "created");
  const dependencies = new Map(
    touched.map(({ logicalId, undo }) => [logicalId, undo && undo.kind !== "created" ? undo.before.dependencies : []]),
  );
  const { failed, errors } = await walk(dependencies, (id) => rollBackOne(run, began, id), {
    goOn: true,
    mayGoOn: () => run.isCurrent(began),
  });
  if (!run.isCurrent(began) || errors.some((error) => error instanceof Stopping)) return;
  if (failed.length > 0) {
    const reason = `The following resource(s) failed to update: [${failed.join(", ")}].`;
    store.setStackStatus(stackId, "UPDATE_ROLLBACK_FAILED", reason);
    return;
  }
  store.write(() => {
    const template = store.template(stackId, "previous");
    if (template !== undefined) store.putTemplate(stackId, "current", template);
    store.removeTemplate(stackId, "previous");
    store.setStackStatus(stackId, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", undefined, {
      ...began.previous,
      previous: undefined,
    });
  });
}

async function rollBackOne(run: StackRun, began: StackRecord, id: string): Promise<void> {
  const { store, stackId } = run;
  const record = store.resource(stackId, id);
  if (!record?.undo || record.undo.kind === "created") return;
  const { before, kind } = record.undo;
  const provider = run.provider(before.type);
  if (began.operation.skip.includes(id)) {
    store.setResourceStatus(stackId, swapBack(record, before));
    return;
  }
  try {
    if (kind === "replaced") {
      if (record.attempt) await removeHalfMade(run, run.provider(record.type), record);
      store.setResourceStatus(
        stackId,
        swapBack(record.attempt ? { ...record, physicalId: undefined } : record, before),
      );
      return;
    }
    const from = record.pending ?? record.properties;
    const working: ResourceRecord = { ...record, status: "UPDATE_IN_PROGRESS", reason: undefined };
    store.setResourceStatus(stackId, working);
    await provider.update(run.context(id), before.physicalId, from, before.properties);
    store.setResourceStatus(stackId, swapBack(record, before));
  } catch (error) {
    if (error instanceof Stopping || run.stopping) throw error;
    store.setResourceStatus(stackId, { ...record, status: "UPDATE_FAILED", reason: run.reason(error, record.type) });
    throw error;
  }
}

async function rollBackCreation(run: StackRun, began: StackRecord): Promise<void> {
  const records = run.store.resources(run.stackId);
  const { failed, errors } = await removeAll(run, records, records, {
    of: "stack",
    keep: (record) => isKeptByRollback(record, began),
  });
  if (!run.isCurrent(began) || errors.some((error) => error instanceof Stopping)) return;
  if (failed.length > 0) {
    const reason = `The following resource(s) failed to delete: [${failed.join(", ")}].`;
    run.store.setStackStatus(run.stackId, "ROLLBACK_FAILED", reason);
  } else run.store.setStackStatus(run.stackId, "ROLLBACK_COMPLETE");
}

async function deleteStack(run: StackRun, began: StackRecord): Promise<void> {
  const { store, stackId } = run;
  const used = store.exportsOf(stackId).find(({ name }) => store.importers(name).length > 0);
  if (used) {
    const reason = deleteCancelled(used.name, store.importers(used.name));
    store.setStackStatus(stackId, "DELETE_FAILED", reason);
    return;
  }
  const records = store.resources(stackId);
  const { failed, errors } = await removeAll(run, records, records, {
    of: "stack",
    keep: ({ logicalId, deletionPolicy }) =>
      began.operation.skip.includes(logicalId) ||
      deletionPolicy === "Retain" ||
      deletionPolicy === "RetainExceptOnCreate",
  });
  if (!run.isCurrent(began) || errors.some((error) => error instanceof Stopping)) return;
  if (failed.length > 0) {
    store.setStackStatus(
      stackId,
      "DELETE_FAILED",
      `The following resource(s) failed to delete: [${failed.join(", ")}]. `,
    );
    return;
  }
  store.write(() => {
    store.replaceExports(stackId, []);
    store.replaceImports(stackId, began.name, []);
    for (const changeSet of store.changeSets(stackId)) store.removeChangeSet(changeSet);
    store.setStackStatus(stackId, "DELETE_COMPLETE", undefined, { deletedAt: run.host.clock.now() });
  });
}
