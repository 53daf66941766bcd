import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CloudFormationClient,
  ExecuteChangeSetCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { explain, UserError } from "../errors.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { Target } from "../targets/index.ts";
import { counted } from "../text.ts";
import { Artifacts } from "./artifacts.ts";
import { type Bundle, bundleHandlers } from "./bundle.ts";
import {
  type Changes,
  type ChangeSet,
  changesOfNewStack,
  createChangeSet,
  dropChangeSet,
  type Wanted,
} from "./change-set.ts";
import { findKept, type Kept, withoutKept } from "./kept.ts";
import { type Output, ResourceProgress } from "./progress.ts";
import { deleteStack, refuseProtected, removeRemains } from "./removal.ts";
import { kindOf } from "./resource-kinds.ts";
import { cloudFormation, findStack, outputsOf, type Outputs, StackWatcher } from "./stack.ts";
import { limitNotices } from "./limit-notices.ts";
import { hintOf } from "./failure-hints.ts";
import { tagsOf } from "./stack-owner.ts";
import { type FailedCreation, readyStack, wayOut } from "./stack-state.ts";

export interface DeploymentOptions {
  /** Parameters of the template. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly out?: Output;
}

/** One pipeline's way to the state of its template and handlers: planned first, then carried out or dropped. */
export class Deployment {
  readonly #target: Target;
  readonly #client: CloudFormationClient;
  readonly #artifacts: Artifacts;
  readonly #bundle: Bundle;
  readonly #existing: Stack | undefined;
  readonly #wanted: Wanted;
  readonly #out: Output;
  #changeSet: ChangeSet | undefined;
  readonly pipeline: Pipeline;
  readonly template: string;
  /** Undefined when there is nothing to change. */
  readonly planned: Changes | undefined;
  /** It is deleted first. */
  readonly failedCreation: FailedCreation | undefined;

  private constructor(
    fields: Pick<Deployment, "pipeline" | "template" | "planned" | "failedCreation">,
    { target, client, artifacts, bundle, existing, wanted, changeSet, out }: Means,
  ) {
    this.#target = target;
    this.#client = client;
    this.#artifacts = artifacts;
    this.#bundle = bundle;
    this.#existing = existing;
    this.#wanted = wanted;
    this.#changeSet = changeSet;
    this.#out = out;
    this.pipeline = fields.pipeline;
    this.template = fields.template;
    this.planned = fields.planned;
    this.failedCreation = fields.failedCreation;
  }

  /** Makes the change set, where one can be made. Nothing else is made or deleted: that is done when it is carried out. */
  static async plan(target: Target, pipeline: Pipeline, options: DeploymentOptions = {}): Promise<Deployment> {
    const { parameters = {}, out = process.stdout } = options;
    const print = (line: string) => void out.write(`${line}\n`);
    const client = cloudFormation(target);
    const { pollMs } = target;
    const bundle = bundleHandlers(pipeline);
    const [source, { existing, failedCreation }, artifacts] = await Promise.all([
      readFile(join(pipeline.folder, "template.yaml"), "utf8"),
      readyStack(client, pipeline.name, { target, print }),
      Artifacts.of(target),
    ]);
    if (failedCreation) await refuseProtected(target, failedCreation.made);
    const kept = await findKept(target, source, { existing, parameters, failedCreation });
    if (kept.length > 0) print(`${pipeline.name}: ${keptNotice(kept, existing)}`);
    const template = withoutKept(source, kept);
    const { bucket, key } = artifacts.placeOf(pipeline.name, bundle);
    const wanted: Wanted = {
      stack: pipeline.name,
      template,
      parameters: { ...parameters, CodeBucket: bucket, CodeKey: key },
      tags: tagsOf(pipeline.name),
      changeSetName: `headwater-${bundle.hash.slice(0, 12)}-${Date.now()}`,
      existing,
      pollMs,
    };
    const changeSet = failedCreation ? undefined : await createChangeSet(client, wanted);
    const planned = failedCreation ? await changesOfNewStack(client, wanted) : changeSet;
    return new Deployment(
      { pipeline, template, planned, failedCreation },
      { target, client, artifacts, bundle, existing, wanted, changeSet, out },
    );
  }

  /** Deletes the change set: nothing is left of the plan. */
  async drop(): Promise<void> {
    if (this.#changeSet) await dropChangeSet(this.#client, this.#changeSet);
  }

  /** Stores the code, executes the change set and tells how it goes; the stack's outputs. */
  async carryOut(): Promise<Outputs> {
    const { name } = this.pipeline;
    const { zip, hash } = this.#bundle;
    const isNew = await this.#artifacts.upload(name, this.#bundle).catch(async (error: unknown) => {
      await this.drop();
      throw error;
    });
    const kilobytes = Math.round(zip.byteLength / 1024);
    this.#print(`${name}: code ${hash.slice(0, 12)} (${kilobytes} KB) ${isNew ? "uploaded" : "is there"}`);
    if (this.failedCreation) await this.#makeAnew(this.failedCreation);
    if (!this.#changeSet) {
      this.#print(`${name}: no change, nothing to deploy`);
      await this.#protect(this.#existing!);
      return outputsOf(this.#existing!);
    }
    this.#print(`${name}: ${counted(this.#changeSet.changes.length, "change")}`);
    return outputsOf(await this.#execute(this.#changeSet));
  }

  /** Deletes what is left of the stack, with what it holds, and makes the change set that its name was in the way of. */
  async #makeAnew({ stack, made }: FailedCreation): Promise<void> {
    this.#print(`${this.pipeline.name}: deleting what is left of a creation that failed (${stack.StackStatus})`);
    await deleteStack(this.#target, this.#client, stack, this.#out);
    await removeRemains(this.#target, made);
    this.#changeSet = await createChangeSet(this.#client, this.#wanted);
  }

  async #execute({ id, stackId }: ChangeSet): Promise<Stack> {
    const watcher = await StackWatcher.watch(this.#client, stackId, this.#target.pollMs);
    await this.#client.send(new ExecuteChangeSetCommand({ ChangeSetName: id }));
    const progress = new ResourceProgress(this.#out);
    const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
    if (!["CREATE_COMPLETE", "UPDATE_COMPLETE"].includes(status)) throw this.#failed(status, progress.failure);
    const stack = (await findStack(this.#client, stackId))!;
    await this.#protect(stack);
    for (const line of limitNotices(this, this.#target)) this.#print(line);
    return stack;
  }

  /**
   * In an account nobody deletes it by mistake: `destroy` asks, and takes the protection off. Without the right to protect it,
   * it is deployed nevertheless.
   */
  async #protect({ StackId: StackName, EnableTerminationProtection: isProtected }: Stack): Promise<void> {
    if (!this.#target.account || isProtected) return;
    try {
      await this.#client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true }));
    } catch (error) {
      const reason = explain(this.#target.explain(error));
      this.#print(`${this.pipeline.name}: not protected from being deleted by mistake: ${reason}`);
    }
  }

  #failed(status: string, failure: string | undefined): UserError {
    const parts = [
      failure,
      failure === undefined ? undefined : hintOf(failure),
      wayOut(this.#target, status, this.pipeline.name),
    ];
    return new UserError(
      `The deployment failed and ended in ${status}. ${parts.filter((part) => part !== undefined).join(" ")}`,
    );
  }

  #print(line: string): void {
    this.#out.write(`${line}\n`);
  }
}

function keptNotice(kept: readonly Kept[], existing: Stack | undefined): string {
  const names = kept.map(({ type, id }) => `${kindOf(type)!.noun} ${id}`);
  const loss = existing ? "" : "the stack is lost with a restart, and with it functions, APIs and what buckets held. ";
  return `${loss}Kept from before a restart, and used as it is: ${names.join(", ")}`;
}

interface Means {
  readonly target: Target;
  readonly client: CloudFormationClient;
  readonly artifacts: Artifacts;
  readonly bundle: Bundle;
  readonly existing: Stack | undefined;
  readonly wanted: Wanted;
  readonly changeSet: ChangeSet | undefined;
  readonly out: Output;
}
