import { showIdentity } from "../aws/identity.ts";
import { confirm, type Consent } from "../confirmation.ts";
import { Deployment } from "../deployment/deployment.ts";
import { DeploymentQueue } from "../deployment/deployment-queue.ts";
import type { Output } from "../deployment/progress.ts";
import { showPlans } from "../deployment/review.ts";
import type { Outputs } from "../deployment/stack.ts";
import { writeEnvironment } from "../environment-file.ts";
import { UserError } from "../errors.ts";
import { endOnInterrupt } from "../interrupt.ts";
import { asSeenByPeople, type DeployedPipeline, nextSteps } from "../next-steps.ts";
import { findPipelines } from "../pipelines/index.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { commandOn, onTarget, type Target, type TargetOptions } from "../targets/index.ts";

export interface DeployOptions extends TargetOptions, Consent {
  readonly parameter: readonly string[];
  /** A file, or true for .env. */
  readonly writeEnv?: string | true;
  /** Show what would change, and stop. */
  readonly dryRun?: boolean;
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
  await onTarget(options, (target) => deployAll(target, pipelines, parameters, options));
}

/** All are planned first: whoever is asked sees the whole. */
async function deployAll(
  target: Target,
  pipelines: readonly Pipeline[],
  parameters: Readonly<Record<string, string>>,
  options: DeployOptions,
): Promise<void> {
  const identity = target.account && (await showIdentity(target));
  const isDryRun = options.dryRun ?? false;
  const queue = new DeploymentQueue(target);
  endOnInterrupt(() => queue.interrupt());
  try {
    for (const pipeline of pipelines) await queue.add(Deployment.plan(target, pipeline, { parameters }));
    if (isDryRun) return await showPlans(target, queue.waiting);
    const changing = queue.waiting.filter(({ planned }) => planned !== undefined);
    if (identity && changing.length > 0) {
      await showPlans(target, changing);
      await confirm(`do this in account ${identity.account}`, options);
    }
    await carryOutAll(target, queue, options);
  } finally {
    await queue.drop();
  }
}

async function carryOutAll(target: Target, queue: DeploymentQueue, options: DeployOptions): Promise<void> {
  const deployed: DeployedPipeline[] = [];
  for (let next = queue.next(); next; next = queue.next()) {
    const outputs = await next.carryOut().catch((error: unknown) => {
      const names = queue.waiting.map(({ pipeline }) => pipeline.name);
      if (names.length > 0) process.stderr.write(`Not begun: ${names.join(", ")}.\n`);
      throw error;
    });
    const done = { pipeline: next.pipeline, outputs };
    await tellOutputs(target, done, options);
    deployed.push(done);
  }
  if (!options.nextSteps) return;
  process.stdout.write("\nTo try next:\n\n");
  for (const step of await nextSteps(target, deployed)) process.stdout.write(`  ${step}\n`);
}

async function tellOutputs(
  target: Target,
  { pipeline, outputs }: DeployedPipeline,
  { writeEnv }: DeployOptions,
): Promise<void> {
  printValues(outputs);
  const { environment: environmentOf, secrets = [] } = await pipeline.load();
  const environment = await environmentOf?.({ target: await asSeenByPeople(target), outputs });
  if (!environment) return;
  process.stdout.write("For its clients:\n");
  const hidden = `not shown; \`${commandOn(target, `deploy ${pipeline.name} --write-env`)}\` writes it to .env`;
  const shown = Object.entries(environment).map(([name, value]) =>
    target.account && secrets.includes(name) ? [name, hidden] : [name, value],
  );
  printValues(Object.fromEntries(shown) as Record<string, string>);
  if (writeEnv === undefined) return;
  const file = writeEnv === true ? ".env" : writeEnv;
  await writeEnvironment(file, environment);
  process.stdout.write(`written to ${file}\n`);
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
  return (await Deployment.plan(target, pipeline, { parameters, out })).carryOut();
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
