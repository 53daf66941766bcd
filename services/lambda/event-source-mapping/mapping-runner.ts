import { setMaxListeners } from "node:events";
import type { Host } from "../../../emulator/model/context.ts";
import type { Invoker } from "../invoker.ts";
import { Consumer } from "./consumer.ts";
import { backoffMs } from "./delivery.ts";
import { Latch } from "./latch.ts";
import { childPosition, type ListedShard, readableShards } from "./lineage.ts";
import type { Mapping, Position } from "./model.ts";
import { callAsRole, readRefusal } from "./role.ts";
import type { EventSource } from "./source.ts";
import { sourceOf } from "./sources/index.ts";
import { takeStart } from "./start.ts";
import { type ShardStatus, unreadShard } from "./status.ts";
import type { MappingStore } from "./store.ts";
import { Tally } from "./tally.ts";
import { TumblingWindow } from "./window.ts";

export interface RunnerScope {
  readonly host: Host;
  readonly invoker: Invoker;
  readonly store: MappingStore;
  /** Aborted when the emulator stops. */
  readonly stopping: AbortSignal;
}

/** Runs one mapping: a consumer for every shard that may be read now, children after their parents. */
export class MappingRunner {
  readonly #scope: RunnerScope;
  readonly #source: EventSource;
  readonly #consumers = new Map<string, Consumer>();
  readonly #iterators: Map<string, string>;
  /** Shards have to be looked at again. */
  readonly #changed = new Latch();
  readonly #unlisten: () => void;
  readonly #supervision: Promise<void>;
  #mapping: Mapping;
  #isDraining = false;
  /** Ends the consumers of the present stream. */
  #consumption = newConsumption();
  #failures = 0;
  /** The shards when they were last looked at. */
  #listed: readonly ListedShard[] = [];

  /** Starts to read. What goes wrong is shown in LastProcessingResult and tried again. */
  constructor(scope: RunnerScope, mapping: Mapping, iterators: ReadonlyMap<string, string> = new Map()) {
    this.#scope = scope;
    this.#mapping = mapping;
    this.#iterators = new Map(iterators);
    this.#source = sourceOf(scope.host, mapping);
    this.#unlisten = scope.host.signals.listen(this.#source.topic, () => this.#signalled());
    this.#supervision = this.#supervise();
  }

  /**
   * Ends reading. The batch that is with the function is waited for, unless the emulator stops.
   * @returns iterators of shards of which only an iterator knows where LATEST was, for a successor
   */
  async drain(): Promise<ReadonlyMap<string, string>> {
    this.#isDraining = true;
    this.#unlisten();
    this.#consumption.abort(new Error("the event source mapping stops"));
    this.#changed.set();
    await this.#supervision;
    return this.#iterators;
  }

  shards(): readonly ShardStatus[] {
    const read = [...this.#consumers.values()].map((consumer) => consumer.status());
    const others = this.#listed.filter(({ shardId }) => !this.#consumers.has(shardId));
    if (others.length === 0) return read;
    const positions = this.#positions(others);
    const waiting = others.flatMap(({ shardId }) => {
      const position = positions.get(shardId);
      return position && position.kind !== "finished" ? unreadShard(shardId, position, "waiting") : [];
    });
    return [...read, ...waiting];
  }

  #signalled(): void {
    // a stream that is gone or being made has nothing to wake yet
    if (this.#failures > 0 || this.#consumers.size === 0) this.#changed.set();
    for (const consumer of this.#consumers.values()) consumer.wake();
  }

  async #supervise(): Promise<void> {
    while (!this.#isDraining) {
      try {
        if (this.#consumption.signal.aborted) await this.#renewConsumption();
        await this.#startReadable();
        this.#failures = 0;
        await this.#changed.wait();
      } catch (error) {
        this.#problem(error as Error);
        const timer = this.#scope.host.scheduler.after(backoffMs(++this.#failures), () => this.#changed.set());
        await this.#changed.wait();
        timer.cancel();
      }
    }
    await this.#stopConsumers();
  }

  async #renewConsumption(): Promise<void> {
    await this.#stopConsumers();
    if (!this.#isDraining) this.#consumption = newConsumption();
  }

  async #stopConsumers(): Promise<void> {
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.stopped()));
    for (const [shardId, { latestIterator }] of this.#consumers) {
      if (latestIterator === undefined) this.#iterators.delete(shardId);
      else this.#iterators.set(shardId, latestIterator);
    }
    this.#consumers.clear();
    this.#listed = [];
  }

  async #startReadable(): Promise<void> {
    const { store, host } = this.#scope;
    const refusal = readRefusal(host, this.#mapping, this.#source.needs);
    if (refusal !== undefined) throw new Error(refusal);
    const { createdAt } = await this.#source.describe();
    if (this.#mapping.streamCreatedAt !== createdAt) {
      if (this.#consumers.size > 0) this.#consumption.abort(new Error("the source is another one"));
      if (this.#consumption.signal.aborted) await this.#renewConsumption();
      await this.#begin();
    }
    const shards = await this.#source.listShards();
    if (this.#isDraining) return;

    this.#listed = shards;
    store.forgetAllBut(this.#mapping, new Set(shards.map(({ shardId }) => shardId)));
    const positions = this.#positions(shards);
    for (const shardId of readableShards(shards, positions)) {
      if (this.#consumers.has(shardId)) continue;
      const consumer = this.#consumer(shardId, positions.get(shardId) ?? { kind: "horizon" });
      this.#consumers.set(shardId, consumer);
      consumer.wake();
    }
  }

  /** A first start, or a start in a stream that took the place of a deleted one: all that it holds is new to us. */
  async #begin(): Promise<void> {
    const isReplaced = this.#mapping.streamCreatedAt !== undefined;
    const from: Mapping = isReplaced ? { ...this.#mapping, startingPosition: "TRIM_HORIZON" } : this.#mapping;
    const start = await takeStart(this.#source, from, this.#scope.host.clock.now());
    if (this.#isDraining) return;
    this.#scope.store.begin(this.#mapping, start);
    this.#mapping = { ...this.#mapping, streamCreatedAt: start.streamCreatedAt };
    for (const [shardId, iterator] of start.iterators) this.#iterators.set(shardId, iterator);
  }

  #positions(shards: readonly ListedShard[]): Map<string, Position> {
    const positions = this.#scope.store.positions(this.#mapping);
    const { startingPosition = "TRIM_HORIZON", startingPositionTimestamp = 0 } = this.#mapping;
    for (const { shardId } of shards) {
      if (!positions.has(shardId)) positions.set(shardId, childPosition(startingPosition, startingPositionTimestamp));
    }
    return positions;
  }

  #consumer(shardId: string, position: Position): Consumer {
    const { host, invoker, store, stopping } = this.#scope;
    const mapping = this.#mapping;
    const tally = new Tally(host, mapping);
    const window = this.#window(shardId);
    const reader = this.#source.open(shardId, {
      position,
      iterator: this.#iterators.get(shardId),
      checkpoint: (at) => {
        if (window) store.checkpointWithWindow(mapping, shardId, at, window.open);
        else store.checkpoint(mapping, shardId, at);
      },
      filtered: (count) => tally.add("filtered", count),
      deleted: (count) => tally.add("deleted", count),
      arrived: () => this.#consumers.get(shardId)?.wake(),
    });
    const scope = {
      host,
      invoker,
      call: callAsRole(host, mapping),
      mapping,
      source: this.#source,
      shardId,
      tally,
      draining: this.#consumption.signal,
      stopping,
      report: (result: string) => this.#report(result),
      keepWindow: () => store.putWindow(mapping, shardId, window?.open),
      onClosed: () => this.#changed.set(),
      onEnd: () => {
        store.checkpoint(mapping, shardId, { kind: "finished" });
        this.#consumers.delete(shardId);
        this.#changed.set();
      },
      onReadError: (error: Error) => {
        this.#problem(error);
        if (this.#source.isGone(error)) this.#consumption.abort(error);
        // it may be another stream of that name by now
        this.#changed.set();
      },
    };
    return new Consumer(scope, reader, window);
  }

  /** The tumbling window of a shard, where the mapping has such, or has left one open. */
  #window(shardId: string): TumblingWindow | undefined {
    const { eventSourceArn, settings } = this.#mapping;
    const sizeMs = (settings.tumblingWindowInSeconds ?? 0) * 1000;
    const kept = this.#source.isStream ? this.#scope.store.window(this.#mapping, shardId) : undefined;
    return sizeMs > 0 || kept ? new TumblingWindow({ sizeMs, shardId, eventSourceArn }, kept) : undefined;
  }

  #problem(error: Error): void {
    if (this.#isDraining || this.#scope.stopping.aborted) return;
    // what is refused is told as IAM words it: whom, what, and on which resource
    const problem = `PROBLEM: ${this.#source.problem(error)}`;
    const level = this.#mapping.lastProcessingResult === problem ? "debug" : "warn";
    this.#scope.host.log[level]("event source mapping cannot read its source", { mapping: this.#mapping.uuid, error });
    this.#report(problem);
  }

  #report(result: string): void {
    if (this.#mapping.lastProcessingResult === result || this.#scope.stopping.aborted) return;
    try {
      this.#scope.store.patch(this.#mapping, { lastProcessingResult: result });
      this.#mapping = { ...this.#mapping, lastProcessingResult: result };
    } catch (error) {
      // nothing waits for it: it is said again with the next result
      const about = { mapping: this.#mapping.uuid, result, error };
      this.#scope.host.log.error("event source mapping cannot keep its LastProcessingResult", about);
    }
  }
}

function newConsumption(): AbortController {
  const controller = new AbortController();
  // one listener for each batch that waits for its next attempt: as many as the shards have lanes
  setMaxListeners(0, controller.signal);
  return controller;
}
