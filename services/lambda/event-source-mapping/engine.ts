import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers";
import type { Host } from "../../../emulator/model/context.ts";
import type { Engine } from "../../../emulator/model/service.ts";
import type { Invoker } from "../invoker.ts";
import { LambdaStore } from "../store.ts";
import { backoffMs } from "./delivery.ts";
import { mappingInUse, mappingNotFound } from "./errors.ts";
import { findFunction } from "./function-lookup.ts";
import { MappingRunner, type RunnerScope } from "./mapping-runner.ts";
import type { Mapping } from "./model.ts";
import { isQueueArn } from "./source-arn.ts";
import { sourceOf } from "./sources/index.ts";
import { type Start, takeStart } from "./start.ts";
import { type MappingStatus, type ShardStatus, unreadShard } from "./status.ts";
import { MappingStore } from "./store.ts";

type Iterators = ReadonlyMap<string, string>;

/** All event source mappings of an emulator: keeps them, runs the enabled ones, leads each from state to state. */
export class MappingEngine implements Engine {
  readonly store: MappingStore;
  readonly #host: Host;
  readonly #scope: RunnerScope;
  readonly #stopping = new AbortController();
  readonly #runners = new Map<string, MappingRunner>();
  /** Where LATEST was in shards that nothing was read of yet, of mappings that stand still. */
  readonly #iterators = new Map<string, Iterators>();
  readonly #transitions = new Set<Promise<void>>();

  constructor(host: Host, invoker: Invoker) {
    this.#host = host;
    this.store = new MappingStore(host.storage);
    // one listener for each batch that is with a function, taken off with its answer: as many as there are lanes
    setMaxListeners(0, this.#stopping.signal);
    this.#scope = { host, invoker, store: this.store, stopping: this.#stopping.signal };
  }

  /** Goes on where the last run ended, also with what it had begun. */
  start(): void {
    for (const mapping of [...this.store.all()]) this.#settle(mapping);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the emulator stops"));
    await Promise.all([...this.#runners.values()].map((runner) => runner.drain()));
    await Promise.all(this.#transitions);
  }

  /** How all mappings are doing. */
  status(): { readonly now: number; readonly mappings: readonly MappingStatus[] } {
    const mappings = [...this.store.all()].map((mapping): MappingStatus => {
      const { uuid, account, region, functionArn, eventSourceArn, state, lastProcessingResult } = mapping;
      const shards = this.#runners.get(uuid)?.shards() ?? this.#stopped(mapping);
      return { uuid, account, region, functionArn, eventSourceArn, state, lastProcessingResult, shards };
    });
    return { now: this.#host.clock.now(), mappings };
  }

  /** The shards of a mapping that stands still. */
  #stopped(mapping: Mapping): readonly ShardStatus[] {
    const unfinished = [...this.store.positions(mapping)].filter(([, { kind }]) => kind !== "finished");
    return unfinished.map(([shardId, position]) => unreadShard(shardId, position, "stopped"));
  }

  /**
   * Keeps a new mapping and lets it run. Its starting position is taken now: what is put after the answer is not missed.
   * @throws AwsError ResourceConflictException; InvalidParameterValueException when the source cannot be read
   */
  async create(mapping: Mapping): Promise<void> {
    // what the request itself gets wrong comes before what is there already
    await this.#check(mapping);
    this.store.refuseDuplicate(mapping);
    const start = mapping.enabled ? await this.#takeStart(mapping) : undefined;
    this.store.create(mapping, start);
    if (start) this.#iterators.set(mapping.uuid, start.iterators);
    this.#transit(mapping);
  }

  async #check(mapping: Mapping): Promise<void> {
    const store = new LambdaStore(this.#host, mapping);
    const timeoutSeconds = () => findFunction(store, this.#host.ids, mapping.functionArn).timeoutSeconds;
    await sourceOf(this.#host, mapping).check(timeoutSeconds);
  }

  /**
   * Changes a mapping; its state says what is under way.
   * @throws AwsError ResourceInUseException, ResourceConflictException, InvalidParameterValueException; ResourceNotFoundException
   *   when it was deleted meanwhile
   */
  async update(mapping: Mapping, changes: Partial<Mapping>): Promise<Mapping> {
    requireSettled(mapping, "update");
    const changed: Mapping = { ...mapping, ...changes };
    this.store.refuseDuplicate(changed);
    const isFirstStart = changed.enabled && changed.streamCreatedAt === undefined;
    // a queue that is gone must not keep its mapping from being switched off
    if (isFirstStart || (changed.enabled && isQueueArn(changed.eventSourceArn))) await this.#check(changed);
    const start = isFirstStart ? await this.#takeStart(changed) : undefined;
    // the runner may have changed what is its own meanwhile, and other requests the rest
    const current = this.store.get(mapping.account, mapping.region, mapping.uuid);
    if (!current) throw mappingNotFound();
    requireSettled(current, "update");
    this.store.refuseDuplicate(changed);
    const updated = { ...current, ...changes, state: updatingState(current, changed.enabled) };
    this.store.put(updated);
    if (start) {
      this.store.begin(updated, start);
      this.#iterators.set(updated.uuid, start.iterators);
    }
    this.#transit(updated);
    return updated;
  }

  /** @throws AwsError ResourceInUseException */
  remove(mapping: Mapping): Mapping {
    requireSettled(mapping, "delete");
    const deleting: Mapping = { ...mapping, state: "Deleting", lastModified: this.#host.clock.now() };
    this.store.put(deleting);
    this.#transit(deleting);
    return deleting;
  }

  #takeStart(mapping: Mapping): Promise<Start> {
    return takeStart(sourceOf(this.#host, mapping), mapping, this.#host.clock.now());
  }

  /** Drains what runs and settles the state, after the answer to whoever asked for it. */
  #transit(mapping: Mapping): void {
    const transition = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#drain(mapping))
      .then(() => this.#untilSettled(mapping))
      .catch((error: unknown) => this.#host.log.error("event source mapping cannot change its state", { error }))
      .finally(() => this.#transitions.delete(transition));
    this.#transitions.add(transition);
  }

  /** Tries until the storage takes the new state. */
  async #untilSettled({ account, region, uuid }: Mapping): Promise<void> {
    const { scheduler, log } = this.#host;
    for (let failures = 1; !this.#stopping.signal.aborted; failures++) {
      try {
        const current = this.store.get(account, region, uuid);
        if (current) this.#settle(current);
        return;
      } catch (error) {
        log.warn("event source mapping cannot keep its state", { mapping: uuid, error });
        await scheduler.sleep(backoffMs(failures), this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #drain({ uuid }: Mapping): Promise<void> {
    const runner = this.#runners.get(uuid);
    if (!runner) return;
    this.#runners.delete(uuid);
    this.#iterators.set(uuid, await runner.drain());
  }

  #settle(mapping: Mapping): void {
    if (mapping.state === "Deleting") {
      this.#iterators.delete(mapping.uuid);
      this.store.remove(mapping);
      return;
    }
    const state = mapping.enabled ? "Enabled" : "Disabled";
    const settled = this.store.patch(mapping, { state });
    if (!settled?.enabled) return;
    const runner = new MappingRunner(this.#scope, settled, this.#iterators.get(mapping.uuid));
    this.#runners.set(mapping.uuid, runner);
    this.#iterators.delete(mapping.uuid);
  }
}

function requireSettled(mapping: Mapping, verb: "update" | "delete"): void {
  if (mapping.state !== "Enabled" && mapping.state !== "Disabled") throw mappingInUse(verb);
}

function updatingState(before: Mapping, enabled: boolean): Mapping["state"] {
  if (before.enabled === enabled) return "Updating";
  return enabled ? "Enabling" : "Disabling";
}
