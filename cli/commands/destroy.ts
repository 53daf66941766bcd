import { DeleteStackCommand, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { Artifacts, emptyBucket } from "../deployment/artifacts.ts";
import { type Output, ResourceProgress } from "../deployment/progress.ts";
import { cloudFormation, findStack, StackWatcher } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { findPipeline, type Pipeline } from "../pipelines.ts";
import { onTarget, type Target, type TargetOptions } from "../targets.ts";

/** `headwater destroy`: deletes a pipeline's stack with its data, and its code. */
export async function destroy(name: string, options: TargetOptions): Promise<void> {
  const pipeline = findPipeline(name);
  await onTarget(options, (target) => destroyPipeline(target, pipeline));
}

export async function destroyPipeline(target: Target, { name }: Pipeline, out: Output = process.stdout): Promise<void> {
  const client = cloudFormation(target);
  const stack = await findStack(client, name);
  if (stack) {
    // CloudFormation deletes no bucket that holds something.
    for await (const page of paginateListStackResources({ client }, { StackName: name })) {
      for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
        if (ResourceType !== "AWS::S3::Bucket" || !PhysicalResourceId) continue;
        await emptyBucket(new S3Client(target.s3Config), PhysicalResourceId);
      }
    }
    const watcher = await StackWatcher.watch(client, stack.StackId!, target.pollMs);
    await client.send(new DeleteStackCommand({ StackName: name }));
    const progress = new ResourceProgress(out);
    const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
    if (status !== "DELETE_COMPLETE")
      throw new UserError(`${name} ended in ${status}. ${progress.failure ?? ""}`.trim());
  }
  await (await Artifacts.of(target)).remove(name);
  out.write(stack ? `${name}: deleted\n` : `${name} is not deployed on ${target.name}\n`);
}
