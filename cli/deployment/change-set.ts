import { setTimeout as delay } from "node:timers/promises";
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  GetTemplateSummaryCommand,
  ListChangeSetsCommand,
  type Parameter,
  type Stack,
  type Tag,
} from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";
import { tableLines } from "../table.ts";
import { evaluatedResources } from "./evaluated-template.ts";
import { findStack } from "./stack.ts";

export interface Wanted {
  readonly stack: string;
  readonly template: string;
  /** Values that are set now; the others keep theirs from before, or have the template's default. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly changeSetName: string;
  readonly existing: Stack | undefined;
  readonly pollMs: number;
}

/** What a deployment changes. */
export interface Changes {
  readonly changes: readonly Change[];
  /** The values of the template's parameters, as far as they are not its defaults. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ChangeSet extends Changes {
  readonly id: string;
  readonly stackId: string;
}

const NO_CHANGE = /didn't contain changes|No updates are to be performed/;

const isNotMadeYet = ({ StackStatus }: Stack): boolean => StackStatus === "REVIEW_IN_PROGRESS";

/** Makes a change set; undefined when there is nothing to change. */
export async function createChangeSet(client: CloudFormationClient, wanted: Wanted): Promise<ChangeSet | undefined> {
  const isUpdate = wanted.existing !== undefined && !isNotMadeYet(wanted.existing);
  const { Id: id, StackId: stackId } = await client.send(
    new CreateChangeSetCommand({
      StackName: wanted.stack,
      ChangeSetName: wanted.changeSetName,
      ChangeSetType: isUpdate ? "UPDATE" : "CREATE",
      TemplateBody: wanted.template,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: await parametersOf(client, wanted),
      Tags: [...wanted.tags],
    }),
  );
  const { status, reason, changes } = await describe(client, id!, wanted.pollMs);
  const before = wanted.existing?.Parameters?.map((each) => [each.ParameterKey!, each.ParameterValue ?? ""]) ?? [];
  const parameters = { ...Object.fromEntries(before), ...wanted.parameters } as Record<string, string>;
  const changeSet = { id: id!, stackId: stackId!, changes, parameters };
  if (status === "CREATE_COMPLETE") return changeSet;
  await dropChangeSet(client, changeSet);
  if (NO_CHANGE.test(reason)) return undefined;
  throw new UserError(`The change set of ${wanted.stack} failed: ${reason || status}`);
}

/**
 * What a change set of a new stack would hold, where CloudFormation makes none yet: another stack has the name.
 * @throws UserError when the template has no such parameters
 */
export async function changesOfNewStack(client: CloudFormationClient, wanted: Wanted): Promise<Changes> {
  await parametersOf(client, wanted);
  const { template, parameters, stack } = wanted;
  const region = await client.config.region();
  const changes = evaluatedResources(template, parameters, { region, stack }).map(({ id, type }): Change => ({
    ResourceChange: { Action: "Add", LogicalResourceId: id, ResourceType: type },
  }));
  return { changes, parameters };
}

/** Deletes a change set that is not carried out, and the empty stack that was made for it. */
export async function dropChangeSet(client: CloudFormationClient, { id, stackId }: ChangeSet): Promise<void> {
  await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
  const stack = await findStack(client, stackId);
  if (!stack || !isNotMadeYet(stack)) return;
  const { Summaries: others = [] } = await client.send(new ListChangeSetsCommand({ StackName: stackId }));
  if (others.every(({ ChangeSetId }) => ChangeSetId === id))
    await client.send(new DeleteStackCommand({ StackName: stackId }));
}

/** A table of what a change set does: what, to which resource, and of what its properties. */
export function changeLines({ changes }: Changes): string[] {
  if (changes.length === 0) return ["no resource changes: outputs or tags do"];
  const isModifying = changes.some(({ ResourceChange: change }) => change?.Action === "Modify");
  const rows = changes.map(({ ResourceChange: change }) => {
    const what = [change?.Action ?? "", change?.LogicalResourceId ?? "", change?.ResourceType ?? ""];
    if (!isModifying) return what;
    const changed = change?.Details?.map(({ Target: target }) => target?.Name ?? target?.Attribute ?? "");
    const replacement = change?.Action === "Modify" ? REPLACEMENT[change.Replacement ?? "False"] : "";
    return [...what, replacement, [...new Set(changed)].join(", ")];
  });
  const header = ["Action", "Resource", "Type", ...(isModifying ? ["Replacement", "Changed"] : [])];
  return tableLines(header, rows);
}

const REPLACEMENT = { True: "yes", False: "no", Conditional: "perhaps" } as const;

async function parametersOf(client: CloudFormationClient, wanted: Wanted): Promise<Parameter[]> {
  const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody: wanted.template }));
  const declared = summary.Parameters?.map(({ ParameterKey }) => ParameterKey!) ?? [];
  const unknown = Object.keys(wanted.parameters).filter((name) => !declared.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`The template has no parameter ${unknown.join(", ")}. Parameters: ${declared.join(", ")}.`);
  }
  const before = new Set(wanted.existing?.Parameters?.map(({ ParameterKey }) => ParameterKey));
  return declared.flatMap((ParameterKey): Parameter[] => {
    const ParameterValue = wanted.parameters[ParameterKey];
    if (ParameterValue !== undefined) return [{ ParameterKey, ParameterValue }];
    return before.has(ParameterKey) ? [{ ParameterKey, UsePreviousValue: true }] : [];
  });
}

async function describe(client: CloudFormationClient, id: string, pollMs: number) {
  for (;;) {
    const changes: Change[] = [];
    let token: string | undefined;
    let status = "";
    let reason = "";
    do {
      const page = await client.send(new DescribeChangeSetCommand({ ChangeSetName: id, NextToken: token }));
      changes.push(...(page.Changes ?? []));
      status = page.Status ?? "";
      reason = page.StatusReason ?? "";
      token = page.NextToken;
    } while (token !== undefined);
    if (status === "CREATE_COMPLETE" || status === "FAILED") return { status, reason, changes };
    await delay(pollMs);
  }
}
