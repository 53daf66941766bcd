import { setTimeout as delay } from "node:timers/promises";
import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateDescribeStackEvents,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";
import { awsCommandOn, commandOn, type Target } from "../targets/index.ts";
import { findStack, StackWatcher } from "./stack.ts";

interface Waiting {
  readonly target: Target;
  readonly print: (line: string) => void;
}

interface Circumstances extends Waiting {
  /** Whether nothing may be deleted, not even what is left of a creation that failed. */
  readonly isDryRun: boolean;
}

const isUnderWay = (status: string): boolean => status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";

/**
 * The stack of this name as a deployment can begin with it; undefined when there is none. Waits for what others do to it,
 * and deletes what is left of a creation that failed.
 * @throws UserError with the way out, where the stack is stuck
 */
export async function readyStack(
  client: CloudFormationClient,
  name: string,
  circumstances: Circumstances,
): Promise<Stack | undefined> {
  const found = await findStack(client, name);
  if (!found) return undefined;
  const stack = await atRest(client, found, circumstances);
  switch (stack?.StackStatus) {
    case "ROLLBACK_COMPLETE":
    case "ROLLBACK_FAILED":
    case "CREATE_FAILED":
      return removeRemains(client, stack, circumstances);
    case "DELETE_FAILED":
    case "UPDATE_FAILED":
    case "UPDATE_ROLLBACK_FAILED": {
      const status = stack.StackStatus;
      throw new UserError(
        `${name} is stuck in ${status}. ${await failureOf(client, stack)}${wayOut(circumstances.target, status, name)}`,
      );
    }
    default:
      return stack?.StackStatus === "DELETE_COMPLETE" ? undefined : stack;
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

/** A stack whose creation failed cannot be updated, and holds nothing of worth: it is deleted first. */
async function removeRemains(
  client: CloudFormationClient,
  { StackName: name, StackId: id, StackStatus: status }: Stack,
  { target, print, isDryRun }: Circumstances,
): Promise<undefined> {
  if (isDryRun) {
    throw new UserError(
      `${name} is what is left of a creation that failed (${status}): deploying deletes it and makes everything anew. ` +
        `While it is there, CloudFormation makes no change set that could be shown.`,
    );
  }
  print(`${name}: deleting what is left of a creation that failed (${status})`);
  const watcher = await StackWatcher.watch(client, id!, target.pollMs);
  await client.send(new DeleteStackCommand({ StackName: id }));
  const end = await watcher.untilDone(() => {});
  if (end === "DELETE_COMPLETE") return undefined;
  const stack = (await findStack(client, id!)) ?? { StackId: id };
  throw new UserError(
    `What is left of ${name} could not be deleted. ${await failureOf(client, stack)}${wayOut(target, end, name!)}`,
  );
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
