import type { StackStatus } from "@aws-sdk/client-cloudformation";
import type { Host } from "../../emulator/model/context.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import { forgetCallbacks } from "./custom-resource/callbacks.ts";
import { stackWithIdNotFound } from "./errors.ts";
import {
  type ChangeSetRecord,
  type EventRecord,
  type ExportRecord,
  masked,
  type ResourceRecord,
  STACK_TYPE,
  type StackRecord,
} from "./model.ts";

/** Which of a stack's templates: that of the present, that before an update, or a change set's own. */
export type TemplateSlot = "current" | "previous" | `change-set/${string}`;

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

const PAGE_SIZE = 100;

export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** The stacks of one account and region: what they are made of, what happened to them, and what they export. */
export class CloudFormationStore {
  readonly #host: Host;
  readonly #scope: readonly [string, string];
  readonly #stacks: Table<StackRecord>;
  readonly #live: Table<string>;
  readonly #templates: Table<string>;
  readonly #resources: Table<ResourceRecord>;
  readonly #events: Table<EventRecord>;
  readonly #changeSets: Table<ChangeSetRecord>;
  readonly #exports: Table<ExportRecord>;
  readonly #imports: Table<string>;

  constructor(host: Host, scope: Scope) {
    this.#host = host;
    this.#scope = [scope.account, scope.region];
    this.#stacks = host.storage.table("cloudformation/stacks");
    this.#live = host.storage.table("cloudformation/live-stacks");
    this.#templates = host.storage.table("cloudformation/templates");
    this.#resources = host.storage.table("cloudformation/resources");
    this.#events = host.storage.table("cloudformation/events");
    this.#changeSets = host.storage.table("cloudformation/change-sets");
    this.#exports = host.storage.table("cloudformation/exports");
    this.#imports = host.storage.table("cloudformation/imports");
  }

  /** Every stack of every account and region. */
  static *everyStack(host: Host): Generator<Scope & { stack: StackRecord }> {
    const stacks = host.storage.table<StackRecord>("cloudformation/stacks");
    for (const { key, value } of stacks.range()) {
      yield { account: String(key[0]), region: String(key[1]), stack: value };
    }
  }

  write<T>(work: () => T): T {
    return this.#host.storage.write(work);
  }

  // stacks

  /** By name (the live one) or by id (also a deleted one). */
  findStack(nameOrId: string): StackRecord | undefined {
    const id = nameOrId.startsWith("arn:") ? nameOrId : this.#live.get([...this.#scope, nameOrId]);
    return id === undefined ? undefined : this.#stacks.get([...this.#scope, id]);
  }

  /** @throws AwsError ValidationError, in the words of the operation that asks */
  stack(nameOrId: string, notFound: (nameOrId: string) => Error = stackWithIdNotFound): StackRecord {
    const stack = this.findStack(nameOrId);
    if (!stack) throw notFound(nameOrId);
    return stack;
  }

  *stacks(): Generator<StackRecord> {
    for (const { value } of this.#stacks.under(this.#scope)) yield value;
  }

  putStack(stack: StackRecord): void {
    this.write(() => {
      this.#stacks.put([...this.#scope, stack.stackId], stack);
      const live = [...this.#scope, stack.name];
      if (stack.status !== "DELETE_COMPLETE") this.#live.put(live, stack.stackId);
      else if (this.#live.get(live) === stack.stackId) this.#live.remove(live);
    });
  }

  /** Changes a stack's status and what else `changes` says, and records the event. */
  setStackStatus(
    stackId: string,
    status: StackStatus,
    reason?: string,
    changes: Partial<StackRecord> = {},
  ): StackRecord {
    return this.write(() => {
      const stack = { ...this.stack(stackId), ...changes, status, statusReason: reason };
      this.putStack(stack);
      this.addEvent(stackId, {
        eventId: this.#host.ids.uuid(),
        logicalId: stack.name,
        physicalId: stackId,
        type: STACK_TYPE,
        at: this.#host.clock.now(),
        status,
        reason,
        token: stack.operation.token,
      });
      return stack;
    });
  }

  /** Removes all that is kept of a deleted stack. */
  forget(stackId: string): void {
    this.write(() => {
      for (const table of [this.#stacks, this.#templates, this.#resources, this.#events, this.#changeSets]) {
        table.clear([...this.#scope, stackId]);
      }
      const [account, region] = this.#scope;
      forgetCallbacks(this.#host, { account, region }, stackId);
    });
  }

  // templates

  template(stackId: string, slot: TemplateSlot): string | undefined {
    return this.#templates.get([...this.#scope, stackId, slot]);
  }

  putTemplate(stackId: string, slot: TemplateSlot, body: string): void {
    this.#templates.put([...this.#scope, stackId, slot], body);
  }

  removeTemplate(stackId: string, slot: TemplateSlot): void {
    this.#templates.remove([...this.#scope, stackId, slot]);
  }

  // resources

  resource(stackId: string, logicalId: string): ResourceRecord | undefined {
    return this.#resources.get([...this.#scope, stackId, logicalId]);
  }

  resources(stackId: string): ResourceRecord[] {
    return [...this.#resources.under([...this.#scope, stackId])].map(({ value }) => value);
  }

  putResource(stackId: string, resource: ResourceRecord): void {
    this.#resources.put([...this.#scope, stackId, resource.logicalId], resource);
  }

  removeResource(stackId: string, logicalId: string): void {
    this.#resources.remove([...this.#scope, stackId, logicalId]);
  }

  /** Keeps a resource with a new status and records the event. */
  setResourceStatus(stackId: string, resource: ResourceRecord, properties?: object): void {
    const at = this.#host.clock.now();
    this.write(() => {
      this.putResource(stackId, { ...resource, at });
      this.addResourceEvent(stackId, resource, properties);
    });
  }

  addResourceEvent(
    stackId: string,
    resource: Pick<ResourceRecord, "logicalId" | "physicalId" | "type" | "status" | "reason">,
    properties?: object,
  ): void {
    const at = this.#host.clock.now();
    const stack = this.stack(stackId);
    const { logicalId, physicalId, type, status, reason } = resource;
    this.addEvent(stackId, {
      eventId: `${logicalId}-${status}-${new Date(at).toISOString()}`,
      logicalId,
      physicalId,
      type,
      at,
      status,
      reason,
      properties: properties && masked(JSON.stringify(properties), stack),
      token: stack.operation.token,
    });
  }

  // events

  addEvent(stackId: string, event: EventRecord): void {
    this.write(() => {
      const [last] = this.#events.under([...this.#scope, stackId], { reverse: true, limit: 1 });
      this.#events.put([...this.#scope, stackId, Number(last?.key[3] ?? 0) + 1], event);
    });
  }

  /** The newest first. */
  events(stackId: string, nextToken?: string): Page<EventRecord> {
    const range = { reverse: true, limit: PAGE_SIZE + 1 };
    const rows =
      nextToken === undefined
        ? [...this.#events.under([...this.#scope, stackId], range)]
        : [
            ...this.#events.range({
              start: [...this.#scope, stackId],
              end: [...this.#scope, stackId, Number(nextToken)],
              inclusiveEnd: true,
              ...range,
            }),
          ];
    const items = rows.slice(0, PAGE_SIZE).map(({ value }) => value);
    const next = rows[PAGE_SIZE];
    return { items, nextToken: next && String(next.key[3]) };
  }

  // change sets

  changeSets(stackId: string): ChangeSetRecord[] {
    return [...this.#changeSets.under([...this.#scope, stackId])].map(({ value }) => value);
  }

  /** By its ARN, or by its name in a stack. */
  findChangeSet(nameOrArn: string, stackId: string | undefined): ChangeSetRecord | undefined {
    if (nameOrArn.startsWith("arn:")) {
      for (const { value } of this.#changeSets.under(this.#scope)) if (value.changeSetId === nameOrArn) return value;
      return undefined;
    }
    return stackId === undefined ? undefined : this.#changeSets.get([...this.#scope, stackId, nameOrArn]);
  }

  putChangeSet(changeSet: ChangeSetRecord): void {
    this.#changeSets.put([...this.#scope, changeSet.stackId, changeSet.name], changeSet);
  }

  removeChangeSet(changeSet: ChangeSetRecord): void {
    this.write(() => {
      this.#changeSets.remove([...this.#scope, changeSet.stackId, changeSet.name]);
      this.removeTemplate(changeSet.stackId, `change-set/${changeSet.name}`);
    });
  }

  // exports and imports

  exported(name: string): ExportRecord | undefined {
    return this.#exports.get([...this.#scope, name]);
  }

  exports(): ExportRecord[] {
    return [...this.#exports.under(this.#scope)].map(({ value }) => value);
  }

  exportsOf(stackId: string): ExportRecord[] {
    return this.exports().filter((each) => each.stackId === stackId);
  }

  /** Puts a stack's exports in the place of those that it had. */
  replaceExports(stackId: string, next: readonly ExportRecord[]): void {
    this.write(() => {
      for (const { name } of this.exportsOf(stackId)) this.#exports.remove([...this.#scope, name]);
      for (const each of next) this.#exports.put([...this.#scope, each.name], each);
    });
  }

  /** The names of the stacks that import an export. */
  importers(exportName: string): string[] {
    return [...this.#imports.under([...this.#scope, exportName])].map(({ value }) => value);
  }

  replaceImports(stackId: string, stackName: string, names: readonly string[]): void {
    this.write(() => {
      const old = [...this.#imports.under(this.#scope)].filter(({ key }) => key[3] === stackId);
      for (const { key } of old) this.#imports.remove(key);
      for (const name of names) this.#imports.put([...this.#scope, name, stackId], stackName);
    });
  }
}
