import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CloudFormationClient,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { Artifacts } from "../deployment/artifacts.ts";
import { bundleHandlers } from "../deployment/bundle.ts";
import { type ChangeSet, createChangeSet } from "../deployment/change-set.ts";
import { type Output, ResourceProgress } from "../deployment/progress.ts";
import { cloudFormation, findStack, outputsOf, type Outputs, StackWatcher } from "../deployment/stack.ts";
import { writeEnvironment } from "../environment-file.ts";
import { UserError } from "../errors.ts";
import { asSeenByPeople, type DeployedPipeline, nextSteps } from "../next-steps.ts";
import { findPipelines } from "../pipelines/index.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { counted } from "../text.ts";
import { onTarget, type Target, type TargetOptions } from "../targets/index.ts";

export interface DeployOptions extends TargetOptions {
  readonly parameter: readonly string[];
  /** A file, or true for .env. */
  readonly writeEnv?: string | true;
  readonly nextSteps?: true;
}

/** `headwater deploy`: one pipeline after the other, each with its resources' progress and its outputs. */
export async function deploy(names: readonly string[], options: DeployOptions): Promise<void> {
  const pipelines = findPipelines(names);
  const parameters = parseParameters(options.parameter);
  if (pipelines.length > 1 && (options.parameter.length > 0 || options.writeEnv !== undefined)) {
    throw new UserError("--parameter and --write-env go with one pipeline, as each has its own.");
  }
  if (options.writeEnv !== undefined && !(await pipelines[0]!.load()).environment) {
    throw new UserError(`${pipelines[0]!.name} has nothing for an environment.`);
  }
  await onTarget(options, async (target) => {
    const deployed: DeployedPipeline[] = [];
    for (const pipeline of pipelines) {
      const outputs = await deployAndTell(target, pipeline, parameters, options);
      deployed.push({ pipeline, outputs });
    }
    if (!options.nextSteps) return;
    process.stdout.write("\nTo try next:\n\n");
    for (const step of await nextSteps(target, deployed)) process.stdout.write(`  ${step}\n`);
  });
}

async function deployAndTell(
  target: Target,
  pipeline: Pipeline,
  parameters: Readonly<Record<string, string>>,
  { writeEnv }: DeployOptions,
): Promise<Outputs> {
  const outputs = await deployPipeline(target, pipeline, parameters);
  printValues(outputs);
  const environment = await (await pipeline.load()).environment?.({ target: await asSeenByPeople(target), outputs });
  if (!environment) return outputs;
  process.stdout.write("For its clients:\n");
  printValues(environment);
  if (writeEnv === undefined) return outputs;
  const file = writeEnv === true ? ".env" : writeEnv;
  await writeEnvironment(file, environment);
  process.stdout.write(`written to ${file}\n`);
  return outputs;
}

function printValues(values: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(values).map((key) => key.length));
  for (const [key, value] of Object.entries(values)) process.stdout.write(`  ${key.padEnd(width)}  ${value}\n`);
}

/** Brings a pipeline to the state of its template and handlers, and tells how; its outputs. */
export async function deployPipeline(
  target: Target,
  pipeline: Pipeline,
  parameters: Readonly<Record<string, string>> = {},
  out: Output = process.stdout,
): Promise<Outputs> {
  const print = (line: string) => out.write(`${line}\n`);
  const client = cloudFormation(target);
  const [bundle, template, existing] = await Promise.all([
    bundleHandlers(pipeline),
    readFile(join(pipeline.folder, "template.yaml"), "utf8"),
    removeRemains(client, pipeline.name, target.pollMs),
  ]);
  const artifacts = await Artifacts.of(target);
  const code = await artifacts.upload(pipeline.name, bundle);
  const kilobytes = Math.round(bundle.zip.byteLength / 1024);
  print(`${pipeline.name}: code ${bundle.hash.slice(0, 12)} (${kilobytes} KB) ${code.isNew ? "uploaded" : "is there"}`);

  const changeSet = await createChangeSet(client, {
    stack: pipeline.name,
    template,
    parameters: { ...parameters, CodeBucket: code.bucket, CodeKey: code.key },
    changeSetName: `headwater-${bundle.hash.slice(0, 12)}-${Date.now()}`,
    existing,
    pollMs: target.pollMs,
  });
  if (!changeSet) {
    print(`${pipeline.name}: no change, nothing to deploy`);
    return outputsOf(existing!);
  }
  const count = changeSet.changes.length;
  print(`${pipeline.name}: ${counted(count, "change")}`);
  return execute(client, changeSet, target.pollMs, out);
}

async function execute(
  client: CloudFormationClient,
  { id, stackId }: ChangeSet,
  pollMs: number,
  out: Output,
): Promise<Outputs> {
  const watcher = await StackWatcher.watch(client, stackId, pollMs);
  await client.send(new ExecuteChangeSetCommand({ ChangeSetName: id }));
  const progress = new ResourceProgress(out);
  const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
  if (!["CREATE_COMPLETE", "UPDATE_COMPLETE"].includes(status)) {
    throw new UserError(`The deployment failed and ended in ${status}. ${progress.failure ?? ""}`.trim());
  }
  return outputsOf((await findStack(client, stackId))!);
}

/** A stack whose creation was rolled back holds nothing, and cannot be updated: it is deleted first. */
async function removeRemains(client: CloudFormationClient, name: string, pollMs: number): Promise<Stack | undefined> {
  const stack = await findStack(client, name);
  if (stack?.StackStatus !== "ROLLBACK_COMPLETE" && stack?.StackStatus !== "ROLLBACK_FAILED") return stack;
  const watcher = await StackWatcher.watch(client, stack.StackId!, pollMs);
  await client.send(new DeleteStackCommand({ StackName: name }));
  const status = await watcher.untilDone(() => {});
  if (status === "DELETE_COMPLETE") return undefined;
  throw new UserError(`What is left of ${name} could not be deleted (${status}).`);
}

function parseParameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new UserError(`A parameter is written name=value, not "${text}".`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
