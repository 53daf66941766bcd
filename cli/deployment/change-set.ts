import { setTimeout as delay } from "node:timers/promises";
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  GetTemplateSummaryCommand,
  type Parameter,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";

export interface Plan {
  readonly stack: string;
  readonly template: string;
  /** Values that are set now; the others keep theirs from before, or have the template's default. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly changeSetName: string;
  readonly existing: Stack | undefined;
  readonly pollMs: number;
}

export interface ChangeSet {
  readonly id: string;
  readonly stackId: string;
  readonly changes: readonly Change[];
}

const NO_CHANGE = /didn't contain changes|No updates are to be performed/;

/** Makes a change set; undefined when there is nothing to change. */
export async function createChangeSet(client: CloudFormationClient, plan: Plan): Promise<ChangeSet | undefined> {
  const isUpdate = plan.existing !== undefined && plan.existing.StackStatus !== "REVIEW_IN_PROGRESS";
  const { Id: id, StackId: stackId } = await client.send(
    new CreateChangeSetCommand({
      StackName: plan.stack,
      ChangeSetName: plan.changeSetName,
      ChangeSetType: isUpdate ? "UPDATE" : "CREATE",
      TemplateBody: plan.template,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: await parametersOf(client, plan),
    }),
  );
  const { status, reason, changes } = await describe(client, id!, plan.pollMs);
  if (status === "CREATE_COMPLETE") return { id: id!, stackId: stackId!, changes };
  await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
  if (NO_CHANGE.test(reason)) return undefined;
  throw new UserError(`The change set of ${plan.stack} failed: ${reason || status}`);
}

async function parametersOf(client: CloudFormationClient, plan: Plan): Promise<Parameter[]> {
  const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody: plan.template }));
  const declared = summary.Parameters?.map(({ ParameterKey }) => ParameterKey!) ?? [];
  const unknown = Object.keys(plan.parameters).filter((name) => !declared.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`The template has no parameter ${unknown.join(", ")}. Parameters: ${declared.join(", ")}.`);
  }
  const before = new Set(plan.existing?.Parameters?.map(({ ParameterKey }) => ParameterKey));
  return declared.flatMap((ParameterKey): Parameter[] => {
    const ParameterValue = plan.parameters[ParameterKey];
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
