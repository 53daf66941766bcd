import { AwsError } from "../../../emulator/model/errors.ts";
import type { Deployment } from "../deployment.ts";
import { knownProperties, violationText } from "../deployment.ts";
import type { ResourceRecord } from "../model.ts";
import { physicalName } from "../physical-name.ts";
import { checkProperties } from "../template/check-properties.ts";
import { dereference } from "../template/dynamic-references.ts";
import { type AnyProvider, sameValue } from "../provider.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { type Json, unknownsIn } from "../template/value.ts";
import { alreadyExists, Cancelled, PlainFailure, Stopping } from "./failure.ts";
import { incarnation, removeHalfMade, swapBack } from "./incarnation.ts";
import type { StackRun } from "./stack-run.ts";

type Properties = { readonly [name: string]: Json };

/** One resource, on its way to what the template says. */
interface Step {
  readonly run: StackRun;
  readonly id: string;
  readonly provider: AnyProvider;
  readonly definition: ResourceDefinition;
  readonly dependencies: readonly string[];
  readonly after: Properties;
  /** Those of them that have dynamic references, as the template gives them. */
  readonly unresolved: Properties;
}

/** Creates, updates or replaces one resource so that it is what the template says; does nothing where it is already. */
export async function settle(run: StackRun, deployment: Deployment, id: string): Promise<void> {
  const definition = deployment.resources.get(id);
  if (!definition) throw new Error(`no resource ${id}`);
  const existing = run.store.resource(run.stackId, id);
  if (existing?.settledBy === run.operationId) return;
  const verb = existing && (existing.retired.length > 0 || !isMissing(existing)) ? "UPDATE" : "CREATE";
  try {
    const step: Step = {
      run,
      id,
      definition,
      provider: run.provider(definition.type),
      dependencies: deployment.dependencies.get(id) ?? [],
      ...(await evaluated(run, deployment, id, definition)),
    };
    const start = existing && (await takenBack(step, existing));
    if (start?.physicalId === undefined || isMissing(start)) await create(step, start);
    else await update(step, start, start.physicalId);
  } catch (error) {
    if (error instanceof Stopping || run.stopping) throw error;
    fail(run, definition, id, verb, error);
    throw error;
  }
}

/** There is no resource yet, or only a half-made one. */
const isMissing = (record: ResourceRecord): boolean => record.physicalId === undefined || record.attempt !== undefined;

/** After an update that replaced a resource and then failed: where the old one will do again, it is in its place again. */
async function takenBack({ run, provider, after }: Step, existing: ResourceRecord): Promise<ResourceRecord> {
  if (existing.undo?.kind !== "replaced") return existing;
  const { before } = existing.undo;
  const changed = changedProperties(before.properties, after);
  if (replacements(provider, before.properties, after, changed).length > 0) return existing;
  await removeHalfMade(run, provider, existing);
  const record = swapBack(existing.attempt ? { ...existing, physicalId: undefined } : existing, before);
  run.store.putResource(run.stackId, record);
  return record;
}

async function evaluated(
  run: StackRun,
  deployment: Deployment,
  id: string,
  definition: ResourceDefinition,
): Promise<Pick<Step, "after" | "unresolved">> {
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
  const known = knownProperties(properties);
  return Object.values(known).some(mayRefer) ? resolved(run, id, definition, known) : { after: known, unresolved: {} };
}

const mayRefer = (value: Json): boolean => JSON.stringify(value).includes("{{resolve:");

/** The properties with the values of their dynamic references, in the types of their table. */
async function resolved(run: StackRun, id: string, definition: ResourceDefinition, known: Properties) {
  let result;
  try {
    result = await dereference(run.context(id).call, known);
  } catch (error) {
    throw error instanceof AwsError ? error : new PlainFailure(error instanceof Error ? error.message : String(error));
  }
  const provider = run.provider(definition.type);
  const { properties, violations } = checkProperties(provider.properties, result.properties, provider.anyProperty);
  if (violations.length > 0) throw new PlainFailure(violationText(id, definition.type, violations));
  return { after: knownProperties(properties), unresolved: result.unresolved };
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
  const { run, id, provider, definition, dependencies, after, unresolved } = step;
  const replacing = existing !== undefined && existing.retired.length > 0;
  const { deletionPolicy, updateReplacePolicy, metadata } = definition;
  const base: ResourceRecord = {
    ...(existing ?? blank(id, definition)),
    undo: existing?.undo ?? { kind: "created" },
    type: definition.type,
    status: replacing ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS",
    reason: undefined,
    unresolved,
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
    if (found !== undefined) {
      if (!isImportable(step)) throw alreadyExists(definition.type, found);
      return adopt(step, { ...base, physicalId: found, properties: after });
    }
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
  run.tagWithStack(provider, id, physicalId, after);
  const attributes = await provider.read(run.context(id), physicalId, after);
  complete(run, {
    ...record,
    physicalId,
    attributes,
    attempt: undefined,
    status: replacing ? "UPDATE_COMPLETE" : "CREATE_COMPLETE",
  });
}

/** ImportExistingResources takes what has a name in the template and is not deleted with the stack. */
function isImportable({ run, provider, definition, after }: Step): boolean {
  const property = provider.name?.property;
  const isNamed = property !== undefined && after[property] !== undefined;
  return (run.stack.operation.importExisting ?? false) && isNamed && definition.deletionPolicy.startsWith("Retain");
}

/** Makes what exists already a resource of the stack, as it is. */
async function adopt({ run, id, provider, after }: Step, record: ResourceRecord): Promise<void> {
  const physicalId = record.physicalId ?? "";
  run.store.setResourceStatus(run.stackId, { ...record, status: "IMPORT_IN_PROGRESS", imported: true }, after);
  const attributes = await provider.read(run.context(id), physicalId, after);
  complete(run, { ...record, attributes, status: "IMPORT_COMPLETE", imported: true });
}

function nameFor({ run, id, provider, after }: Step): string {
  const rule = provider.name;
  if (!rule) return "";
  const given = rule.property === undefined ? undefined : after[rule.property];
  return typeof given === "string" && given !== "" ? given : physicalName(run.host.ids, rule, run.stack.name, id);
}

async function update(step: Step, existing: ResourceRecord, physicalId: string): Promise<void> {
  const { run, provider, definition, dependencies, after, unresolved } = step;
  const { deletionPolicy, updateReplacePolicy, metadata } = definition;
  const settings = { dependencies, deletionPolicy, updateReplacePolicy, metadata };
  const before = incarnation(existing, physicalId);
  if (existing.pending) {
    // an update was begun, by this operation before a kill -9 or by one that failed: back to where it started from
    await provider.update(run.context(step.id), physicalId, existing.pending, before.properties);
  }
  // a value behind a reference that the template did not change is left as it is
  const changed = changedProperties({ ...before.properties, ...before.unresolved }, { ...after, ...unresolved });
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
  const newId = (await provider.update(run.context(step.id), physicalId, before.properties, after)) ?? physicalId;
  const attributes = await provider.read(run.context(step.id), newId, after);
  const updated = {
    ...record,
    properties: after,
    unresolved,
    attributes,
    pending: undefined,
    status: "UPDATE_COMPLETE" as const,
  };
  if (newId === physicalId) return complete(run, updated);
  complete(run, {
    ...updated,
    physicalId: newId,
    retired: [...existing.retired, before],
    undo: !existing.undo || existing.undo.kind === "updated" ? { kind: "replaced", before } : existing.undo,
  });
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
  if (existing.undo?.kind === "updated") {
    // what an update that failed before this one changed in place is taken back: so the old resource is as it was
    await provider.update(run.context(step.id), physicalId, existing.properties, existing.undo.before.properties);
  }
  const before = existing.undo?.kind === "updated" ? existing.undo.before : incarnation(existing, physicalId);
  const record: ResourceRecord = {
    ...existing,
    status: "UPDATE_IN_PROGRESS",
    reason: "Requested update requires the creation of a new physical resource; hence creating one.",
    pending: undefined,
    retired: [...existing.retired, before],
    // the way back leads to the first of several replacements, and past a resource that was not there before
    undo: !existing.undo || existing.undo.kind === "updated" ? { kind: "replaced", before } : existing.undo,
  };
  const replacing: ResourceRecord = { ...record, physicalId: undefined };
  run.store.write(() => {
    run.store.setResourceStatus(run.stackId, record, after);
    run.store.putResource(run.stackId, replacing);
  });
  await create(step, replacing);
}

function complete(run: StackRun, record: ResourceRecord): void {
  run.store.setResourceStatus(run.stackId, { ...record, reason: undefined, settledBy: run.operationId });
}
