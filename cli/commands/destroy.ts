import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { Artifacts } from "../deployment/artifacts.ts";
import { emptyBucket } from "../deployment/empty-bucket.ts";
import { type Output, ResourceProgress } from "../deployment/progress.ts";
import { cloudFormation, findStack, StackWatcher } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { findPipeline } from "../pipelines/index.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { onTarget, type Target, type TargetOptions } from "../targets/index.ts";

/** `headwater destroy`: deletes a pipeline's stack with its data, and its code. */
export async function destroy(name: string, options: TargetOptions): Promise<void> {
  const pipeline = findPipeline(name);
  await onTarget(options, (target) => destroyPipeline(target, pipeline));
}

/** A record may fail, and fill a bucket again, after it was emptied and before its mapping is gone. */
const ATTEMPTS = 2;

export async function destroyPipeline(target: Target, { name }: Pipeline, out: Output = process.stdout): Promise<void> {
  const client = cloudFormation(target);
  const stack = await findStack(client, name);
  for (let attempt = 1; stack; attempt++) {
    const { status, failure } = await deleteStack(target, client, stack.StackId!, out);
    if (status === "DELETE_COMPLETE") break;
    if (attempt === ATTEMPTS) throw new UserError(`${name} ended in ${status}. ${failure ?? ""}`.trim());
  }
  await (await Artifacts.of(target)).remove(name);
  out.write(stack ? `${name}: deleted\n` : `${name} is not deployed on ${target.name}\n`);
}

async function deleteStack(target: Target, client: CloudFormationClient, stackId: string, out: Output) {
  // CloudFormation deletes no bucket that holds something.
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    for (const { ResourceType, ResourceStatus, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (ResourceType !== "AWS::S3::Bucket" || ResourceStatus === "DELETE_COMPLETE" || !PhysicalResourceId) continue;
      await emptyBucket(new S3Client(target.s3Config), { Bucket: PhysicalResourceId });
    }
  }
  const watcher = await StackWatcher.watch(client, stackId, target.pollMs);
  await client.send(new DeleteStackCommand({ StackName: stackId }));
  const progress = new ResourceProgress(out);
  const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
  return { status, failure: progress.failure };
}
