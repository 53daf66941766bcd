import { setImmediate } from "node:timers";
import type { Host } from "../../../emulator/model/context.ts";
import type { Door, DoorRequest, Engine } from "../../../emulator/model/service.ts";
import { callbackDoor } from "../custom-resource/door.ts";
import { CloudFormationStore, type Scope } from "../store.ts";
import { inProgress } from "../model.ts";
import { holdAnswer } from "./hold-answer.ts";
import { failForward, PHASES } from "./phases.ts";
import { stopReason, StackRun } from "./stack-run.ts";

/** AWS lists a deleted stack for 90 days. */
const DELETED_STACKS_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Carries out what was asked to be done to stacks, for the most part after the request is answered. A stack's status says what there is to
 * do; all that is known of it is in storage. So at the start every stack that is in the middle of something goes on.
 */
export class CloudFormationEngine implements Engine {
  readonly #host: Host;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    const forgetBefore = this.#host.clock.now() - DELETED_STACKS_KEPT_MS;
    for (const { account, region, stack } of [...CloudFormationStore.everyStack(this.#host)]) {
      const scope = { account, region };
      if (inProgress(stack.status)) this.carryOn(scope, stack.stackId);
      else if (stack.deletedAt !== undefined && stack.deletedAt < forgetBefore) {
        new CloudFormationStore(this.#host, scope).forget(stack.stackId);
      }
    }
  }

  door(request: DoorRequest): Door | undefined {
    return callbackDoor(this.#host, request);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(stopReason());
    await Promise.all(this.#running.values());
  }

  /** To be told after a stack's status was set to one that asks for work. */
  carryOn(scope: Scope, stackId: string): void {
    if (this.#running.has(stackId) || this.#stopping.signal.aborted) return;
    const store = new CloudFormationStore(this.#host, scope);
    const run = new StackRun(this.#host, store, scope, stackId, this.#stopping.signal);
    this.#running.set(stackId, this.#run(run));
  }

  /** Resolves when nothing is being done to the stack any more, or when an answer cannot be held any longer. */
  async atRest(stackId: string, signal: AbortSignal): Promise<void> {
    await holdAnswer(this.#running.get(stackId) ?? Promise.resolve(), signal);
  }

  async #run(run: StackRun): Promise<void> {
    try {
      // the request that asked for this has ended its transaction first
      await new Promise((resolve) => setImmediate(resolve));
      while (!run.stopping && (await this.#phase(run)));
    } catch (error) {
      this.#running.delete(run.stackId);
      if (!run.stopping) this.#host.log.error("work on a stack failed", { stackId: run.stackId, error });
    }
  }

  /** @returns whether there may be more to do. When there is not, the next `carryOn` begins anew. */
  async #phase(run: StackRun): Promise<boolean> {
    const began = run.stack;
    const phase = PHASES[began.status];
    if (!phase) {
      this.#running.delete(run.stackId);
      return false;
    }
    run.beginPhase();
    const timer = this.#timeout(run);
    try {
      await phase(run, began);
    } catch (error) {
      if (run.stopping) return false;
      this.#host.log.error("a phase of a stack failed", { stackId: run.stackId, status: began.status, error });
      if (run.isCurrent(began)) this.#giveUp(run);
    } finally {
      timer?.cancel();
    }
    return true;
  }

  /** TimeoutInMinutes: what is not created by then never will be. */
  #timeout(run: StackRun) {
    const { status, operation } = run.stack;
    if (status !== "CREATE_IN_PROGRESS" || operation.deadline === undefined) return undefined;
    return this.#host.scheduler.after(operation.deadline - this.#host.clock.now(), () => {
      const now = run.stack;
      if (now.status !== "CREATE_IN_PROGRESS" || now.operation.id !== operation.id) return;
      failForward(run, now, "CREATE", "Stack creation time exceeded the specified timeout. ");
      run.cancelWaits();
    });
  }

  /** A bug of ours must not leave a stack in progress for ever. */
  #giveUp(run: StackRun): void {
    const { status } = run.stack;
    const failed = {
      CREATE_IN_PROGRESS: "CREATE_FAILED",
      UPDATE_IN_PROGRESS: "UPDATE_FAILED",
      UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: "UPDATE_COMPLETE",
      UPDATE_ROLLBACK_IN_PROGRESS: "UPDATE_ROLLBACK_FAILED",
      UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: "UPDATE_ROLLBACK_COMPLETE",
      ROLLBACK_IN_PROGRESS: "ROLLBACK_FAILED",
      DELETE_IN_PROGRESS: "DELETE_FAILED",
    } as const;
    if (status in failed)
      run.store.setStackStatus(run.stackId, failed[status as keyof typeof failed], "Internal Failure");
  }
}
