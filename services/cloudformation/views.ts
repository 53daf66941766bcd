import type {
  ChangeSetSummary,
  Parameter,
  ParameterDeclaration,
  Stack,
  StackEvent,
  StackResource,
} from "@aws-sdk/client-cloudformation";
import type { ChangeSetRecord, EventRecord, ResourceRecord, StackRecord, StackSettings } from "./model.ts";
import type { ParameterDefinition } from "./template/parameters.ts";

const date = (epochMs: number): Date => new Date(epochMs);
const maybeDate = (epochMs: number | undefined): Date | undefined =>
  epochMs === undefined ? undefined : date(epochMs);

export const NO_DRIFT = { StackDriftStatus: "NOT_CHECKED" } as const;

/** Parameters as they are shown: what has NoEcho is not. */
export const parametersView = ({
  parameters,
  resolved = {},
  hidden,
}: Pick<StackSettings, "parameters" | "resolved" | "hidden">): Parameter[] =>
  Object.entries(parameters).map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: hidden.includes(name) ? "****" : value,
    ...(resolved[name] !== undefined && { ResolvedValue: hidden.includes(name) ? "****" : resolved[name] }),
  }));

const outputView = ({ key, value, description, exportName }: StackRecord["outputs"][number]) => ({
  OutputKey: key,
  OutputValue: value,
  Description: description,
  ExportName: exportName,
});

export const stackView = (stack: StackRecord): Stack => ({
  StackId: stack.stackId,
  StackName: stack.name,
  ChangeSetId: stack.changeSetId,
  Description: stack.description,
  Parameters: parametersView(stack),
  CreationTime: date(stack.createdAt),
  LastUpdatedTime: maybeDate(stack.updatedAt),
  DeletionTime: maybeDate(stack.deletedAt),
  RollbackConfiguration: {},
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  DisableRollback: stack.disableRollback,
  NotificationARNs: [...stack.notificationArns],
  TimeoutInMinutes: stack.timeoutInMinutes,
  Capabilities: [...stack.capabilities],
  ...(stack.outputs.length > 0 && { Outputs: stack.outputs.map(outputView) }),
  RoleARN: stack.roleArn,
  Tags: [...stack.tags],
  EnableTerminationProtection: stack.terminationProtection,
  DriftInformation: NO_DRIFT,
});

export const eventView = (stack: StackRecord, event: EventRecord): StackEvent => ({
  StackId: stack.stackId,
  EventId: event.eventId,
  StackName: stack.name,
  LogicalResourceId: event.logicalId,
  PhysicalResourceId: event.physicalId ?? "",
  ResourceType: event.type,
  Timestamp: date(event.at),
  ResourceStatus: event.status as StackEvent["ResourceStatus"],
  ResourceStatusReason: event.reason,
  ResourceProperties: event.properties,
  ClientRequestToken: event.token,
});

export const resourceView = (stack: StackRecord, record: ResourceRecord): StackResource => ({
  StackName: stack.name,
  StackId: stack.stackId,
  LogicalResourceId: record.logicalId,
  PhysicalResourceId: record.physicalId,
  ResourceType: record.type,
  Timestamp: date(record.at),
  ResourceStatus: record.status,
  ResourceStatusReason: record.reason,
  DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
});

export const changeSetSummary = (changeSet: ChangeSetRecord): ChangeSetSummary => ({
  StackId: changeSet.stackId,
  StackName: changeSet.stackName,
  ChangeSetId: changeSet.changeSetId,
  ChangeSetName: changeSet.name,
  ExecutionStatus: changeSet.executionStatus,
  Status: changeSet.status,
  StatusReason: changeSet.statusReason,
  CreationTime: date(changeSet.createdAt),
  Description: changeSet.text,
  IncludeNestedStacks: changeSet.includeNestedStacks ?? false,
});

export const declarationView = ([name, definition]: readonly [string, ParameterDefinition]): ParameterDeclaration => ({
  ParameterKey: name,
  DefaultValue: definition.noEcho && definition.default !== undefined ? "****" : definition.default,
  ParameterType: definition.type,
  NoEcho: definition.noEcho,
  Description: definition.description,
  ParameterConstraints: definition.allowedValues && { AllowedValues: [...definition.allowedValues] },
});
