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
  readonly #means: Means;
  #changeSet: ChangeSet | undefined;
  readonly pipeline: Pipeline;
  readonly template: string;
  /** Undefined when there is nothing to change. */
  readonly planned: Changes | undefined;
  /** It is deleted first. */
  readonly failedCreation: FailedCreation | undefined;

  private constructor(
    fields: Pick<Deployment, "pipeline" | "template" | "planned" | "failedCreation">,
    changeSet: ChangeSet | undefined,
    means: Means,
  ) {
    this.#means = means;
    this.#changeSet = changeSet;
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
    const means: Means = { target, client, artifacts, bundle, existing, wanted, out };
    return new Deployment({ pipeline, template, planned, failedCreation }, changeSet, means);
  }

  /** Deletes the change set: nothing is left of the plan. */
  async drop(): Promise<void> {
    if (this.#changeSet) await dropChangeSet(this.#means.client, this.#changeSet);
  }

  /** Stores the code, executes the change set and tells how it goes; the stack's outputs. */
  async carryOut(): Promise<Outputs> {
    const { name } = this.pipeline;
    const { zip, hash } = this.#means.bundle;
    const isNew = await this.#means.artifacts.upload(name, this.#means.bundle).catch(async (error: unknown) => {
      await this.drop();
      throw error;
    });
    const kilobytes = Math.round(zip.byteLength / 1024);
    this.#print(`${name}: code ${hash.slice(0, 12)} (${kilobytes} KB) ${isNew ? "uploaded" : "is there"}`);
    if (this.failedCreation) await this.#makeAnew(this.failedCreation);
    if (!this.#changeSet) {
      this.#print(`${name}: no change, nothing to deploy`);
      await this.#protect(this.#means.existing!);
      return outputsOf(this.#means.existing!);
    }
    this.#print(`${name}: ${counted(this.#changeSet.changes.length, "change")}`);
    return outputsOf(await this.#execute(this.#changeSet));
  }

  /** Deletes what is left of the stack, with what it holds, and makes the change set that its name was in the way of. */
  async #makeAnew({ stack, made }: FailedCreation): Promise<void> {
    this.#print(`${this.pipeline.name}: deleting what is left of a creation that failed (${stack.StackStatus})`);
    await deleteStack(this.#means.target, this.#means.client, stack, this.#means.out);
    await removeRemains(this.#means.target, made);
    this.#changeSet = await createChangeSet(this.#means.client, this.#means.wanted);
  }

  async #execute({ id, stackId }: ChangeSet): Promise<Stack> {
    const watcher = await StackWatcher.watch(this.#means.client, stackId, this.#means.target.pollMs);
    await this.#means.client.send(new ExecuteChangeSetCommand({ ChangeSetName: id }));
    const progress = new ResourceProgress(this.#means.out);
    const status = await watcher.untilDone(progress.onEvent).finally(() => progress.end());
    if (!["CREATE_COMPLETE", "UPDATE_COMPLETE"].includes(status)) throw this.#failed(status, progress.failure);
    const stack = (await findStack(this.#means.client, stackId))!;
    await this.#protect(stack);
    for (const line of limitNotices(this, this.#means.target)) this.#print(line);
    return stack;
  }

  /**
   * In an account nobody deletes it by mistake: `destroy` asks, and takes the protection off. Without the right to protect it,
   * it is deployed nevertheless.
   */
  async #protect({ StackId: StackName, EnableTerminationProtection: isProtected }: Stack): Promise<void> {
    if (!this.#means.target.account || isProtected) return;
    try {
      await this.#means.client.send(
        new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true }),
      );
    } catch (error) {
      const reason = explain(this.#means.target.explain(error));
      this.#print(`${this.pipeline.name}: not protected from being deleted by mistake: ${reason}`);
    }
  }

  #failed(status: string, failure: string | undefined): UserError {
    const parts = [
      failure,
      failure === undefined ? undefined : hintOf(failure),
      wayOut(this.#means.target, status, this.pipeline.name),
    ];
    return new UserError(
      `The deployment failed and ended in ${status}. ${parts.filter((part) => part !== undefined).join(" ")}`,
    );
  }

  #print(line: string): void {
    this.#means.out.write(`${line}\n`);
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
  readonly out: Output;
}
