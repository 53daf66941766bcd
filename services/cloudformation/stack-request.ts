import type { Capability, Parameter, Tag as SdkTag } from "@aws-sdk/client-cloudformation";
import { servicePrincipal } from "../../emulator/model/context.ts";
import { unsupported } from "../../emulator/model/errors.ts";
import type { Deployment } from "./deployment.ts";
import { resourceChanges, type Present } from "./diff.ts";
import { validationError } from "./errors.ts";
import type { CloudFormationContext } from "./index.ts";
import type { StackOperation, StackRecord, StackSettings } from "./model.ts";
import { newDeployment } from "./plan.ts";
import { sameValue, type Tag } from "./provider.ts";
import { resolveParameters } from "./template/parameters.ts";
import { resolveSsmParameters } from "./template/ssm-parameters.ts";
import { readTemplate } from "./template/template.ts";

/** What CreateStack, UpdateStack and CreateChangeSet have in common. */
export interface StackRequest {
  readonly Parameters?: readonly Parameter[];
  readonly Capabilities?: readonly Capability[];
  readonly Tags?: readonly SdkTag[];
  readonly NotificationARNs?: readonly string[];
  readonly RoleARN?: string;
}

export interface Prepared {
  readonly deployment: Deployment;
  readonly settings: StackSettings;
}

const STACK_NAME = /^[a-zA-Z][-a-zA-Z0-9]*$/;

/** @throws AwsError ValidationError when a new stack cannot have this name */
export function checkStackName(name: string): void {
  const broken = [
    ...(STACK_NAME.test(name) ? [] : ["Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"]),
    ...(name.length <= 128 ? [] : ["Member must have length less than or equal to 128"]),
  ].map((constraint) => `Value '${name}' at 'stackName' failed to satisfy constraint: ${constraint}`);
  if (broken.length === 0) return;
  const count = `${broken.length} validation error${broken.length > 1 ? "s" : ""} detected`;
  throw validationError(`${count}: ${broken.join("; ")}`);
}

/** Refuses the settings of a request that Headwater has no behaviour for. */
export function refuseUnsupported(input: object): void {
  const refused = [
    "StackPolicyBody",
    "StackPolicyURL",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "ResourceTypes",
    "NotificationARNs",
    "RollbackConfiguration",
    "ResourcesToImport",
    "DeploymentMode",
  ];
  for (const name of refused) {
    const value = (input as Record<string, unknown>)[name];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    if (name === "RollbackConfiguration" && isEmptyConfiguration(value as object)) continue;
    throw unsupported(`The setting ${name}`);
  }
}

/** How a request wants to be deployed. */
export interface DeploymentRequest {
  readonly DisableRollback?: boolean;
  readonly DeploymentConfig?: { readonly Mode?: string; readonly DisableRollback?: boolean };
}

/**
 * Whether a stack stays as it is when a resource fails.
 * @throws AwsError NotImplemented for the express mode, which does not wait for resources
 */
export function disableRollbackOf({ DisableRollback, DeploymentConfig = {} }: DeploymentRequest): boolean | undefined {
  if (DeploymentConfig.Mode === "EXPRESS") throw unsupported("The deployment mode EXPRESS");
  return DisableRollback ?? DeploymentConfig.DisableRollback;
}

const isEmptyConfiguration = (value: { RollbackTriggers?: unknown[]; MonitoringTimeInMinutes?: number }): boolean =>
  !value.RollbackTriggers?.length && !value.MonitoringTimeInMinutes;

/**
 * Reads the template, resolves its parameters and checks all that can be checked before anything is created.
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export async function prepare(
  ctx: CloudFormationContext,
  stack: Pick<StackRecord, "name" | "stackId">,
  text: string,
  input: StackRequest,
  previous: StackRecord | undefined,
): Promise<Prepared> {
  const template = readTemplate(text);
  const parameters = resolveParameters(template.parameters, input.Parameters ?? [], previous?.parameters);
  const resolved = await resolveSsmParameters(ctx.call, template.parameters, parameters);
  const settings: StackSettings = {
    parameters,
    resolved,
    hidden: [...template.parameters].filter(([, { noEcho }]) => noEcho).map(([name]) => name),
    tags: input.Tags === undefined ? (previous?.tags ?? []) : tagsOf(input.Tags),
    capabilities: input.Capabilities ?? [],
    notificationArns: [],
    roleArn: input.RoleARN ?? previous?.roleArn,
    description: template.description,
    outputs: previous?.outputs ?? [],
  };
  const deployment = newDeployment(ctx.store, ctx, stack, template, settings);
  deployment.checkRules();
  deployment.checkCapabilities(settings.capabilities);
  deployment.checkResources();
  return { deployment, settings };
}

function tagsOf(given: readonly SdkTag[]): Tag[] {
  if (given.length > 50) {
    throw validationError("Stack tags may not exceed 50 in number.");
  }
  const tags = given.map(({ Key = "", Value = "" }) => ({ Key, Value }));
  const reserved = tags.find(({ Key }) => Key.toLowerCase().startsWith("aws:"));
  if (reserved) throw validationError("System tags cannot be specified: tag keys must not begin with aws:");
  const twice = tags.find(({ Key }, index) => tags.findIndex((tag) => tag.Key === Key) !== index);
  if (twice) throw validationError(`Duplicate tag key ${twice.Key}`);
  return tags;
}

/** A role that the stack shall act as must be there, and trust CloudFormation. */
export function checkRole(
  { authorization, account, region }: CloudFormationContext,
  roleArn: string | undefined,
): void {
  if (roleArn === undefined) return;
  const principal = servicePrincipal(account, "cloudformation.amazonaws.com");
  try {
    authorization.assume({ roleArn, sessionName: "AWSCloudFormation", caller: { principal, region } });
  } catch {
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  }
}

export function newOperation(
  ctx: CloudFormationContext,
  settings: Partial<Omit<StackOperation, "id" | "principal">>,
): StackOperation {
  return {
    id: ctx.ids.uuid(),
    principal: ctx.principal,
    disableRollback: false,
    retainExceptOnCreate: false,
    skip: [],
    ...settings,
  };
}

/** What the stack is made from now, for comparison. */
export function present(ctx: CloudFormationContext, stack: StackRecord): Present {
  return {
    template: readTemplate(ctx.store.template(stack.stackId, "current") ?? ""),
    parameters: { ...stack.parameters, ...stack.resolved },
    resources: ctx.store.resources(stack.stackId),
  };
}

/** Whether an update would change anything at all: resources, tags, or what the outputs say. */
export function changesAnything(ctx: CloudFormationContext, stack: StackRecord, next: Prepared): boolean {
  if (stack.status === "CREATE_FAILED" || stack.status === "UPDATE_FAILED") return true;
  if (resourceChanges(next.deployment, present(ctx, stack)).length > 0) return true;
  if (!sameValue(stack.tags, next.settings.tags)) return true;
  const records = new Map(ctx.store.resources(stack.stackId).map((record) => [record.logicalId, record]));
  const outputs = next.deployment.evaluateOutputs({
    reference: (id) => records.get(id)?.physicalId ?? "",
    attribute: (id, name) => records.get(id)?.attributes[name] ?? "",
  });
  return !sameValue(stack.outputs, outputs);
}

const UPDATABLE = ["CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"];

export const isUpdatable = (stack: StackRecord): boolean => UPDATABLE.includes(stack.status);

export interface UpdateStart {
  readonly text: string;
  readonly settings: StackSettings;
  readonly operation: StackOperation;
  readonly changeSetId?: string;
  readonly reason?: string;
}

/** Begins an update: what the stack was before is kept until it has succeeded. */
export function beginUpdate(ctx: CloudFormationContext, stack: StackRecord, start: UpdateStart): void {
  const { store } = ctx;
  store.write(() => {
    const current = store.template(stack.stackId, "current");
    // after an update that failed and was not rolled back, the way back still leads to the last good state
    if (stack.previous === undefined && current !== undefined) store.putTemplate(stack.stackId, "previous", current);
    store.putTemplate(stack.stackId, "current", start.text);
    for (const changeSet of store.changeSets(stack.stackId)) {
      if (changeSet.changeSetId !== start.changeSetId && changeSet.executionStatus === "AVAILABLE") {
        store.putChangeSet({ ...changeSet, executionStatus: "OBSOLETE" });
      }
    }
    store.setStackStatus(stack.stackId, "UPDATE_IN_PROGRESS", start.reason ?? "User Initiated", {
      ...start.settings,
      outputs: stack.outputs,
      previous: stack.previous ?? settingsOf(stack),
      operation: start.operation,
      updatedAt: ctx.clock.now(),
      disableRollback: start.operation.disableRollback,
      changeSetId: start.changeSetId,
    });
  });
  ctx.engine.carryOn(ctx, stack.stackId);
}

function settingsOf(stack: StackRecord): StackSettings {
  const { parameters, resolved, hidden, tags, capabilities, notificationArns, roleArn, description, outputs } = stack;
  return { parameters, resolved, hidden, tags, capabilities, notificationArns, roleArn, description, outputs };
}
