import { ownerOf, servicePrincipal } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import { hostId } from "../../emulator/protocol/encode-error.ts";
import type { S3Context } from "./index.ts";
import type { BucketRecord } from "./model.ts";
import { send } from "./event-delivery.ts";
import type { Notification } from "./notification-rules.ts";

/** What a queue or a topic gets when it becomes a bucket's destination. */
export const testEvent = (ctx: S3Context, bucket: BucketRecord): string =>
  JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(ctx.clock.now()).toISOString(),
    Bucket: bucket.name,
    RequestId: ctx.requestId,
    HostId: hostId(ctx.requestId),
  });

/**
 * Tries whether a destination lets S3 in: functions by a dry run, queues and topics by the test event, unless they are `known`.
 * @returns why it does not
 */
export async function callToDestination(
  ctx: S3Context,
  bucket: BucketRecord,
  { kind, arn }: Notification,
  document: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  const principal = servicePrincipal(bucket.account, "s3.amazonaws.com", `arn:aws:s3:::${bucket.name}`);
  const region = arn.split(":")[3] ?? "";
  try {
    if (kind === "lambda") {
      const dryRun = { FunctionName: arn, InvocationType: "DryRun" as const };
      await ctx.call("lambda", "Invoke", dryRun, { principal, region });
    } else if (!known.has(arn)) {
      const call: typeof ctx.call = (service, operation, input) =>
        ctx.call(service, operation, input, { principal, region });
      await send(call, arn, document);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (kind === "lambda") return `Not authorized to invoke function [${arn}]`;
    if (kind === "queue" && !(await isQueue(ctx, arn))) return "The destination queue does not exist";
    const what = kind === "queue" ? "queue" : "topic";
    return error.name === "NotFound"
      ? `The destination ${what} does not exist`
      : `Permissions on the destination ${what} do not allow S3 to publish notifications from this bucket`;
  }
}

/** Whether there is a queue, whatever it lets S3 do. */
async function isQueue(ctx: S3Context, arn: string): Promise<boolean> {
  const [, , , region = "", account = "", QueueName = ""] = arn.split(":");
  try {
    await ctx.call("sqs", "GetQueueUrl", { QueueName }, { principal: ownerOf(account), region });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.name === "QueueDoesNotExist") return false;
    throw error;
  }
}
