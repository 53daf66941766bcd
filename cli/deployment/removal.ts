import { setTimeout as delay } from "node:timers/promises";
import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type Stack,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../errors.ts";
import type { Target } from "../targets/index.ts";
import { emptyBucket } from "./empty-bucket.ts";
import { hintOf } from "./failure-hints.ts";
import { type Output, ResourceProgress } from "./progress.ts";
import { isNotFound, type Kind, kindOf, presenceOf } from "./resource-kinds.ts";
import { StackWatcher } from "./stack.ts";

/** Something that a stack has made, or a service for it. */
export interface Made {
  readonly type: string;
  /** Its name, mostly. */
  readonly id: string;
}

/** A record may fail, and fill a bucket again, after it was emptied and before its mapping is gone. */
const ATTEMPTS = 2;

/** How long a resource that is being deleted may take to be gone. */
const GONE_WITHIN_MS = 300_000;

/** How long something deleted may still be seen: roles are everywhere in a while. */
const SETTLED_WITHIN_MS = 30_000;

/** All that a stack has made: what it has now, what it left behind in replacements, and the logs of its functions and APIs. */
export async function madeBy(client: CloudFormationClient, { StackId: id }: Stack): Promise<Made[]> {
  const made: Made[] = await resourcesNow(client, id!);
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: id })) {
    for (const { ResourceType, ResourceStatus, PhysicalResourceId } of page.StackEvents ?? []) {
      if (ResourceStatus !== "DELETE_SKIPPED" || !PhysicalResourceId) continue;
      made.push({ type: ResourceType!, id: PhysicalResourceId });
    }
  }
  const all = [...made, ...made.flatMap(logGroupsOf)];
  return [...new Map(all.map((each) => [`${each.type} ${each.id}`, each])).values()];
}

/** The resources that a stack has now. */
async function resourcesNow(client: CloudFormationClient, stackId: string): Promise<Made[]> {
  const resources: Made[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    for (const { ResourceType, ResourceStatus, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (!PhysicalResourceId || ResourceStatus === "DELETE_COMPLETE") continue;
      resources.push({ type: ResourceType!, id: PhysicalResourceId });
    }
  }
  return resources;
}

/** Of what a stack has made, that which holds data or costs money: a line each. */
export const madeLines = (made: readonly Made[]): string[] =>
  made.flatMap(({ type, id }) => {
    const kind = kindOf(type);
    return kind ? [`${kind.noun.padEnd(15)}  ${id}`] : [];
  });

/** Log groups that services make by themselves, with the first line. */
function logGroupsOf({ type, id }: Made, _: number, all: readonly Made[]): Made[] {
  const group = (name: string): Made => ({ type: "AWS::Logs::LogGroup", id: name });
  switch (type) {
    case "AWS::Lambda::Function":
      return [group(`/aws/lambda/${id}`)];
    case "AWS::KinesisFirehose::DeliveryStream":
      return [group(`/aws/kinesisfirehose/${id}`)];
    case "AWS::ApiGateway::RestApi":
      return all
        .filter((each) => each.type === "AWS::ApiGateway::Stage")
        .map((stage) => group(`API-Gateway-Execution-Logs_${id}/${stage.id}`));
    default:
      return [];
  }
}

/**
 * Looks before anything is deleted: a stack with a protected resource would be deleted all but that, and be stuck.
 * @throws UserError with the commands that take the protection off
 */
export async function refuseProtected(target: Target, made: readonly Made[]): Promise<void> {
  const commands: string[] = [];
  for (const { type, id } of made) {
    const command = await kindOf(type)
      ?.protection?.(target, id)
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    if (command !== undefined) commands.push(`\`${command}\``);
  }
  if (commands.length === 0) return;
  throw new UserError(
    `Nothing was deleted, as tables are protected from it. To take the protection off: ${commands.join(", ")}.`,
  );
}

/** Deletes a stack with what its buckets hold. */
export async function deleteStack(
  target: Target,
  client: CloudFormationClient,
  { StackId: id, StackName: name, EnableTerminationProtection: isProtected }: Stack,
  out: Output,
): Promise<void> {
  if (isProtected) {
    await client.send(new UpdateTerminationProtectionCommand({ StackName: id, EnableTerminationProtection: false }));
  }
  for (let attempt = 1; ; attempt++) {
    await emptyBuckets(target, client, id!);
    const watcher = await StackWatcher.watch(client, id!, target.pollMs);
    await client.send(new DeleteStackCommand({ StackName: id }));
    const progress = new ResourceProgress(out);
    const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
    if (status === "DELETE_COMPLETE") return;
    if (attempt < ATTEMPTS) continue;
    const reason = progress.failure ?? "";
    throw new UserError(`${name} ended in ${status}. ${[reason, hintOf(reason)].join(" ").trim()}`.trim());
  }
}

/** CloudFormation deletes no bucket that holds something. */
async function emptyBuckets(target: Target, client: CloudFormationClient, stackId: string): Promise<void> {
  const s3 = new S3Client(target.s3Config);
  for (const { type, id } of await resourcesNow(client, stackId)) {
    if (type === "AWS::S3::Bucket") await emptyBucket(s3, { Bucket: id });
  }
}

/** What became of what a deleted stack had left. */
export interface Remains {
  readonly removed: readonly string[];
  /** What may not be looked at, so that nobody knows. */
  readonly unseen: readonly string[];
}

/**
 * Deletes what a deleted stack has left: what its policies keep, and what services made for it.
 * @throws UserError that names what is still there
 */
export async function removeRemains(target: Target, made: readonly Made[]): Promise<Remains> {
  const removed: string[] = [];
  const unseen: string[] = [];
  const left: string[] = [];
  for (const { type, id } of made) {
    const kind = kindOf(type);
    if (!kind) continue;
    const name = `${kind.noun} ${id}`;
    const presence = await presenceOf(target, kind, id);
    if (presence === "unknown") unseen.push(name);
    if (presence !== "there") continue;
    const isRemoved = kind.remove !== undefined && (await removeIfThere(() => kind.remove!(target, id)));
    if (!(await eventuallyGone(target, kind, id, isRemoved ? GONE_WITHIN_MS : SETTLED_WITHIN_MS))) left.push(name);
    else if (isRemoved) removed.push(name);
  }
  if (left.length === 0) return { removed, unseen };
  throw new UserError(`Of the stack, which is deleted, is still there: ${left.join(", ")}. Delete it by hand.`);
}

async function eventuallyGone(target: Target, kind: Kind, id: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while ((await presenceOf(target, kind, id)) === "there") {
    if (performance.now() > deadline) return false;
    await delay(target.pollMs);
  }
  return true;
}

/** False when it was gone by then: what is deleted is seen for a while in some places. */
async function removeIfThere(remove: () => Promise<unknown>): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
