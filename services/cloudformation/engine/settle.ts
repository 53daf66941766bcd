import type { Deployment } from "../deployment.ts";
import { knownProperties, violationText } from "../deployment.ts";
import type { ResourceRecord } from "../model.ts";
import { physicalName } from "../physical-name.ts";
import { type AnyProvider, sameValue } from "../provider.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { type Json, unknownsIn } from "../template/value.ts";
import { alreadyExists, Cancelled, PlainFailure, Stopping } from "./failure.ts";
import { incarnation, type StackRun } from "./stack-run.ts";

type Properties = { readonly [name: string]: Json };

/** One resource, on its way to what the template says. */
interface Step {
  readonly run: StackRun;
  readonly id: string;
  readonly provider: AnyProvider;
  readonly definition: ResourceDefinition;
  readonly dependencies: readonly string[];
  readonly after: Properties;
}

/** Creates, updates or replaces one resource so that it is what the template says; does nothing where it is already. */
export async function settle(run: StackRun, deployment: Deployment, id: string): Promise<void> {
  const definition = deployment.resources.get(id);
  if (!definition) throw new Error(`no resource ${id}`);
  const existing = run.store.resource(run.stackId, id);
  if (existing?.settledBy === run.operationId) return;
  const isNew = existing?.physicalId === undefined || existing.attempt !== undefined;
  const verb = isNew && existing?.undo?.kind !== "replaced" ? "CREATE" : "UPDATE";
  try {
    const step: Step = {
      run,
      id,
      definition,
      provider: run.provider(definition.type),
      dependencies: deployment.dependencies.get(id) ?? [],
      after: evaluated(run, deployment, id, definition),
    };
    if (isNew) await create(step, existing);
    else await update(step, existing, existing.physicalId);
  } catch (error) {
    if (error instanceof Stopping || run.stopping) throw error;
    fail(run, definition, id, verb, error);
    throw error;
  }
}

function evaluated(run: StackRun, deployment: Deployment, id: string, definition: ResourceDefinition): Properties {
  let result;
  try {
    result = deployment.evaluateResource(id, run.resolver());
  } catch (error) {
    throw new PlainFailure(error instanceof Error ? error.message : String(error));
  }
  const { properties, violations } = result;
  if (violations.length > 0) throw new PlainFailure(violationText(id, definition.type, violations));
  const unknown = Object.values(properties).flatMap(unknownsIn)[0];
  if (unknown) throw new PlainFailure(`The value of ${unknown.sources.join(", ")} is not known`);
  return knownProperties(properties);
}

function fail(
  run: StackRun,
  definition: ResourceDefinition,
  id: string,
  verb: "CREATE" | "UPDATE",
  error: unknown,
): void {
  const cancelled = error instanceof Cancelled;
  const reason = cancelled
    ? `Resource ${verb === "CREATE" ? "creation" : "update"} cancelled`
    : run.reason(error, definition.type);
  const record = run.store.resource(run.stackId, id) ?? blank(id, definition);
  // a provider that failed before it said `created` has made nothing
  const attempt = record.physicalId === undefined ? undefined : record.attempt;
  run.store.setResourceStatus(run.stackId, { ...record, attempt, status: `${verb}_FAILED`, reason });
}

const blank = (logicalId: string, definition: ResourceDefinition): ResourceRecord => ({
  logicalId,
  type: definition.type,
  status: "CREATE_IN_PROGRESS",
  at: 0,
  properties: {},
  attributes: {},
  dependencies: [],
  deletionPolicy: definition.deletionPolicy,
  updateReplacePolicy: definition.updateReplacePolicy,
  undo: { kind: "created" },
  retired: [],
});

/** Creates a resource that is not there, or, after a kill -9, that may be there by half. */
async function create(step: Step, existing: ResourceRecord | undefined): Promise<void> {
  const { run, id, provider, definition, dependencies, after } = step;
  const replacing = existing?.undo?.kind === "replaced";
  const { deletionPolicy, updateReplacePolicy, metadata } = definition;
  const base: ResourceRecord = {
    ...(existing ?? blank(id, definition)),
    undo: existing?.undo ?? { kind: "created" },
    type: definition.type,
    status: replacing ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS",
    reason: undefined,
    dependencies,
    deletionPolicy,
    updateReplacePolicy,
    metadata,
  };
  const name = existing?.attempt?.name ?? nameFor(step);
  if (existing?.attempt) await removeHalfMade(run, provider, existing);
  else {
    if (!replacing) run.store.setResourceStatus(run.stackId, base, after);
    const found = await provider.find(run.context(id), after, name);
    if (found !== undefined) throw alreadyExists(definition.type, found);
  }

  let record: ResourceRecord = {
    ...base,
    physicalId: undefined,
    attempt: { name, properties: after },
    properties: after,
  };
  run.store.putResource(run.stackId, record);
  const created = (physicalId: string) => {
    record = { ...record, physicalId, reason: "Resource creation Initiated" };
    run.store.setResourceStatus(run.stackId, record, after);
  };
  const physicalId = await provider.create(run.context(id, created), after, name);
  const attributes = await provider.read(run.context(id), physicalId, after);
  complete(run, {
    ...record,
    physicalId,
    attributes,
    attempt: undefined,
    status: replacing ? "UPDATE_COMPLETE" : "CREATE_COMPLETE",
    retired: existing?.undo?.kind === "replaced" ? [...record.retired, existing.undo.before] : record.retired,
  });
}

function nameFor({ run, id, provider, after }: Step): string {
  const rule = provider.name;
  if (!rule) return "";
  const given = rule.property === undefined ? undefined : after[rule.property];
  return typeof given === "string" && given !== "" ? given : physicalName(run.host.ids, rule, run.stack.name, id);
}

/** Removes what a creation that did not come to its end has left. */
export async function removeHalfMade(run: StackRun, provider: AnyProvider, record: ResourceRecord): Promise<void> {
  const { attempt, logicalId } = record;
  if (!attempt) return;
  const context = run.context(logicalId);
  const physicalId = record.physicalId ?? (await provider.find(context, attempt.properties, attempt.name));
  if (physicalId !== undefined) await provider.remove(context, physicalId, attempt.properties);
}

async function update(step: Step, existing: ResourceRecord, physicalId: string): Promise<void> {
  const { run, provider, definition, dependencies, after } = step;
  const { deletionPolicy, updateReplacePolicy, metadata } = definition;
  const settings = { dependencies, deletionPolicy, updateReplacePolicy, metadata };
  const before = existing.undo?.kind === "updated" ? existing.undo.before : incarnation(existing, physicalId);
  if (existing.pending) {
    // an update was begun, by this operation before a kill -9 or by one that failed: back to where it started from
    await provider.update(run.context(step.id), physicalId, existing.pending, before.properties);
  }
  const changed = changedProperties(before.properties, after);
  if (changed.length === 0) {
    const undo = existing.undo ?? { kind: "updated" as const, before };
    run.store.putResource(run.stackId, {
      ...existing,
      ...settings,
      ...(existing.pending && { status: "UPDATE_COMPLETE" as const, reason: undefined, pending: undefined }),
      undo: sameValue(settings, pick(before)) ? existing.undo : undo,
      settledBy: run.operationId,
    });
    return;
  }
  const replacing = replacements(provider, before.properties, after, changed);
  if (replacing.length > 0) return replace(step, existing, physicalId);

  const record: ResourceRecord = {
    ...existing,
    ...settings,
    status: "UPDATE_IN_PROGRESS",
    reason: undefined,
    pending: after,
    undo: existing.undo ?? { kind: "updated", before },
  };
  run.store.setResourceStatus(run.stackId, record, after);
  await provider.update(run.context(step.id), physicalId, before.properties, after);
  const attributes = await provider.read(run.context(step.id), physicalId, after);
  complete(run, { ...record, properties: after, attributes, pending: undefined, status: "UPDATE_COMPLETE" });
}

const pick = ({
  dependencies,
  deletionPolicy,
  updateReplacePolicy,
  metadata,
}: Omit<ResourceRecord, "logicalId" | "status" | "at" | "retired">) => ({
  dependencies,
  deletionPolicy,
  updateReplacePolicy,
  metadata,
});

export const changedProperties = (before: Properties, after: Properties): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !sameValue(before[name], after[name]));

/** Those of the changed properties that cannot be changed in place. */
export function replacements(
  provider: AnyProvider,
  before: Properties,
  after: Properties,
  changed: readonly string[],
): string[] {
  const conditional = provider.replacedBy?.(before, after) ?? [];
  return changed.filter((name) => provider.properties[name]?.onChange === "replace" || conditional.includes(name));
}

/** Creates a new resource; the old one stays until the clean-up, so that a rollback finds it as it was. */
async function replace(step: Step, existing: ResourceRecord, physicalId: string): Promise<void> {
  const { run, provider, after } = step;
  const nameProperty = provider.name?.property ?? "";
  const name = after[nameProperty];
  if (name !== undefined && name === existing.properties[nameProperty]) {
    throw new PlainFailure(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(name)} and update the stack again.`,
    );
  }
  const before = incarnation(existing, physicalId);
  const record: ResourceRecord = {
    ...existing,
    status: "UPDATE_IN_PROGRESS",
    reason: "Requested update requires the creation of a new physical resource; hence creating one.",
    // a resource that this same stack operation made has nothing to go back to
    undo: existing.undo?.kind === "created" ? existing.undo : { kind: "replaced", before },
  };
  run.store.setResourceStatus(run.stackId, record, after);
  await create(step, { ...record, undo: { kind: "replaced", before } });
}

function complete(run: StackRun, record: ResourceRecord): void {
  run.store.setResourceStatus(run.stackId, { ...record, reason: undefined, settledBy: run.operationId });
}
