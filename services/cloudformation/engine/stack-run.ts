import { AwsError } from "../../../emulator/model/errors.ts";
import type { Call, Host } from "../../../emulator/model/context.ts";
import { callWithRole } from "../../../emulator/model/service-role.ts";
import { ResourceCallbacks } from "../custom-resource/callbacks.ts";
import { deploymentOf } from "../plan.ts";
import type { Deployment, Resolver } from "../deployment.ts";
import type { StackRecord } from "../model.ts";
import type { PropertyTable, Values } from "../properties.ts";
import type { AnyProvider, ProviderContext } from "../provider.ts";
import { resourceProvider } from "../resource-types.ts";
import type { CloudFormationStore, Scope } from "../store.ts";
import { Unknown } from "../template/value.ts";
import { Cancelled, failureReason, HandlerError, PlainFailure, Stopping } from "./failure.ts";

const SERVICE = "cloudformation.amazonaws.com";
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
/** How long a resource may take to become what it shall be. */
const STABILIZATION_MS = 15 * 60 * 1000;

/** What the phases of one operation on one stack share. */
export class StackRun {
  readonly host: Host;
  readonly store: CloudFormationStore;
  readonly scope: Scope;
  readonly stackId: string;
  readonly #stopping: AbortSignal;
  #cancel = new AbortController();

  constructor(host: Host, store: CloudFormationStore, scope: Scope, stackId: string, stopping: AbortSignal) {
    this.host = host;
    this.store = store;
    this.scope = scope;
    this.stackId = stackId;
    this.#stopping = stopping;
  }

  get stack(): StackRecord {
    return this.store.stack(this.stackId);
  }

  get operationId(): string {
    return this.stack.operation.id;
  }

  get stopping(): boolean {
    return this.#stopping.aborted;
  }

  /** Whether a phase that began with this stack may go on: nobody deleted or cancelled it in between. */
  isCurrent(began: StackRecord): boolean {
    const now = this.stack;
    return !this.stopping && now.status === began.status && now.operation.id === began.operation.id;
  }

  /** Gives up every wait of the present phase. */
  cancelWaits(): void {
    this.#cancel.abort(new Cancelled("cancelled"));
  }

  beginPhase(): void {
    this.#cancel = new AbortController();
  }

  deployment(): Deployment {
    return deploymentOf(this.store, this.scope, this.stack);
  }

  provider(type: string): AnyProvider {
    const provider = resourceProvider(type);
    if (!provider) throw new Error(`no provider for ${type}`);
    return provider;
  }

  /** Ref and Fn::GetAtt as the resources stand now. */
  resolver(): Resolver {
    return {
      reference: (id) => this.store.resource(this.stackId, id)?.physicalId ?? new Unknown([id]),
      attribute: (id, name) =>
        this.store.resource(this.stackId, id)?.attributes[name] ?? new Unknown([`${id}.${name}`]),
    };
  }

  context(logicalId: string, created: (physicalId: string) => void = () => {}): ProviderContext {
    const stack = this.stack;
    return {
      ...this.scope,
      stackName: stack.name,
      stackId: stack.stackId,
      logicalId,
      type: this.store.resource(this.stackId, logicalId)?.type ?? "",
      callbacks: new ResourceCallbacks(this.host, this.scope, stack.stackId, logicalId),
      call: this.#call(stack),
      created,
      waitUntil: (what, done, withinMs) => this.#waitUntil(what, done, withinMs),
    };
  }

  /** A resource tells which stack it is of, and what it is there. */
  tagWithStack(provider: AnyProvider, logicalId: string, physicalId: string, properties: Values<PropertyTable>): void {
    const arn = provider.systemTagged?.(this.scope, physicalId, properties);
    if (arn === undefined) return;
    this.host.putSystemTags(this.scope, arn, {
      "aws:cloudformation:stack-name": this.stack.name,
      "aws:cloudformation:stack-id": this.stackId,
      "aws:cloudformation:logical-id": logicalId,
    });
  }

  /** Providers act as the stack's role where it has one, else as whoever asked for the operation. */
  #call({ operation, roleArn }: StackRecord): Call {
    if (roleArn === undefined) return this.host.callAs({ ...this.scope, principal: operation.principal, via: SERVICE });
    return callWithRole(this.host, this.scope, { roleArn, service: SERVICE, session: "AWSCloudFormation" });
  }

  reason(error: unknown, type: string): string {
    const isExpected = [AwsError, HandlerError, PlainFailure].some((expected) => error instanceof expected);
    if (!isExpected) {
      this.host.log.error("a resource provider failed", { type, error });
    }
    return failureReason(error, type, this.host.ids);
  }

  async #waitUntil(what: string, done: () => Promise<boolean>, withinMs = STABILIZATION_MS): Promise<void> {
    const deadline = this.host.clock.now() + withinMs;
    const signal = AbortSignal.any([this.#stopping, this.#cancel.signal]);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (signal.aborted) throw signal.reason as Error;
      if (await done()) return;
      if (this.host.clock.now() >= deadline) {
        throw new HandlerError("NotStabilized", `Exceeded attempts to wait: ${what}`);
      }
      await this.host.scheduler.sleep(pauseMs, signal);
    }
  }
}

export const stopReason = (): Stopping => new Stopping("the emulator stops");
