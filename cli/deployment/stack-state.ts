import { setTimeout as delay } from "node:timers/promises";
import { type CloudFormationClient, paginateDescribeStackEvents, type Stack } from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";
import { awsCommandOn, commandOn, type Target } from "../targets/index.ts";
import { type Made, madeBy } from "./removal.ts";
import { findStack } from "./stack.ts";
import { findOwnStack } from "./stack-owner.ts";

interface Waiting {
  readonly target: Target;
  readonly print: (line: string) => void;
}

/** What is left of a stack whose creation failed. It cannot be updated: it has to be deleted before it can be made anew. */
export interface FailedCreation {
  readonly stack: Stack;
  /** What it holds, which is nothing where the creation was rolled back. */
  readonly made: readonly Made[];
}

/** What a deployment begins with. */
export interface Beginning {
  /** The stack to update, where there is one. */
  readonly existing?: Stack;
  readonly failedCreation?: FailedCreation;
}

const isUnderWay = (status: string): boolean => status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";

/**
 * The stack of this name as a deployment can begin with it. Waits for what others do to it.
 * @throws UserError with the way out, where the stack is stuck or somebody else's
 */
export async function readyStack(client: CloudFormationClient, name: string, waiting: Waiting): Promise<Beginning> {
  const found = await findOwnStack(waiting.target, client, name);
  const stack = found && (await atRest(client, found, waiting));
  switch (stack?.StackStatus) {
    case "ROLLBACK_COMPLETE":
    case "ROLLBACK_FAILED":
    case "CREATE_FAILED":
      return { failedCreation: { stack, made: await madeBy(client, stack) } };
    case "DELETE_FAILED":
    case "UPDATE_FAILED":
    case "UPDATE_ROLLBACK_FAILED": {
      const status = stack.StackStatus;
      throw new UserError(
        `${name} is stuck in ${status}. ${await failureOf(client, stack)}${wayOut(waiting.target, status, name)}`,
      );
    }
    default:
      return { existing: stack?.StackStatus === "DELETE_COMPLETE" ? undefined : stack };
  }
}

/** What to do about a stack that something went wrong with. */
export function wayOut(target: Target, status: string, name: string): string {
  switch (status) {
    case "ROLLBACK_COMPLETE":
      return "What was made is deleted again. Deploy again when the reason is put right.";
    case "UPDATE_ROLLBACK_COMPLETE":
      return "All is as it was before. Deploy again when the reason is put right.";
    case "UPDATE_ROLLBACK_FAILED":
      return (
        `The update failed, and so did its rollback. Put right what the reason names, then ` +
        `\`${awsCommandOn(target, `cloudformation continue-update-rollback --stack-name ${name}`)}\`; with \`--resources-to-skip\` and the name ` +
        `of the resource it leaves that as it is. Then deploy again.`
      );
    case "UPDATE_FAILED":
      return `\`${awsCommandOn(target, `cloudformation rollback-stack --stack-name ${name}`)}\` takes the update back; then deploy again.`;
    default:
      return `\`${commandOn(target, `destroy ${name}`)}\` deletes what is left, with what it stored; then deploy again.`;
  }
}

/** The stack once nothing is under way in it. */
export async function atRest(
  client: CloudFormationClient,
  { StackId: id, StackName: name, StackStatus: status }: Stack,
  { target: { pollMs }, print }: Waiting,
): Promise<Stack | undefined> {
  if (isUnderWay(status ?? "")) {
    print(`${name}: ${status}, which somebody else has begun: waiting for its end (Ctrl+C ends the waiting)`);
  }
  for (;;) {
    const stack = await findStack(client, id!);
    if (!stack || !isUnderWay(stack.StackStatus ?? "")) return stack;
    await delay(pollMs);
  }
}

/** Which resource failed last, and why, with a space behind it. */
async function failureOf(client: CloudFormationClient, { StackId: id }: Pick<Stack, "StackId">): Promise<string> {
  for await (const { StackEvents: events = [] } of paginateDescribeStackEvents({ client }, { StackName: id })) {
    const failed = events.find(
      ({ ResourceStatus, PhysicalResourceId }) => ResourceStatus?.endsWith("_FAILED") && PhysicalResourceId !== id,
    );
    if (failed) return `${failed.LogicalResourceId}: ${failed.ResourceStatusReason ?? failed.ResourceStatus} `;
  }
  return "";
}
