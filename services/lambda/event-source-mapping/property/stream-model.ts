import type { Position, Settings, StartingPosition } from "../model.ts";
import type { Trace } from "./batch-model.ts";
import type { ModelRecord, Terms } from "./shard-log.ts";
import { type Ended, ShardModel } from "./shard-model.ts";
import { Violation } from "./violation.ts";
import type { WindowMembers } from "./window-model.ts";

export type Positions = ReadonlyMap<string, Position>;

interface Start {
  readonly at: StartingPosition;
  /** Epoch milliseconds, of AT_TIMESTAMP. */
  readonly timestampMs: number;
}

type PutRecord = Omit<ModelRecord, "isAsked">;

/**
 * AWS's rules for one mapping of one stream. It is told what is put, what the function is called with and answers, and what
 * the destination gets; it throws a Violation where that is not what the rules have follow.
 */
export class StreamModel {
  readonly #shards = new Map<string, ShardModel>();
  readonly #terms: Terms;
  readonly #unstarted: { shard: ShardModel; record: PutRecord }[] = [];
  #start: Start | undefined;
  /** Those of streams that are deleted: what was read of them may be delivered until that is noticed. */
  readonly #former: ShardModel[] = [];
  /** What holds when everything under way has ended. */
  #next: Settings | undefined;

  constructor(settings: Settings, retentionMs: number) {
    this.#terms = { settings, retentionMs, readingSince: 0 };
  }

  get hasStarted(): boolean {
    return this.#start !== undefined;
  }

  /** The mapping ends what is under way, and begins nothing. */
  get isDraining(): boolean {
    return this.#next !== undefined;
  }

  get isRunning(): boolean {
    return [...this.#shards.values(), ...this.#former].some((shard) => shard.isRunning);
  }

  addShard(id: string, parentIds: readonly string[] = []): void {
    const parents = parentIds.map((parentId) => this.#shard(parentId));
    for (const parent of parents) parent.isClosed = true;
    this.#shards.set(id, new ShardModel(id, parents, this.#terms));
  }

  /** The stream is deleted. All that another one of its name has is asked for. */
  remove(): void {
    this.#former.push(...this.#shards.values());
    this.#shards.clear();
    if (this.#start) this.#start = { at: "TRIM_HORIZON", timestampMs: 0 };
  }

  put(shardId: string, record: PutRecord): void {
    const shard = this.#shard(shardId);
    if (!this.#start) this.#unstarted.push({ shard, record });
    else this.#take(shard, record, this.#start.at !== "AT_TIMESTAMP" || record.arrivedAt >= this.#start.timestampMs);
  }

  /** The mapping is enabled for the first time: its starting position is taken. */
  start(start: Start, now: number): void {
    this.#start = start;
    for (const { shard, record } of this.#unstarted) {
      const isLate = start.at === "AT_TIMESTAMP" && record.arrivedAt >= start.timestampMs;
      this.#take(shard, record, isLate || start.at === "TRIM_HORIZON");
    }
    this.#terms.readingSince = now;
  }

  #take(shard: ShardModel, record: PutRecord, isAsked: boolean): void {
    shard.put({ ...record, isAsked });
  }

  /** From now on nothing new is begun, until `begin`; then `settings` hold. */
  drain(settings: Settings = this.#next ?? this.#terms.settings): void {
    this.#next = settings;
  }

  /** Reading begins anew at the checkpoints: retries and splits are forgotten. */
  begin(positions: Positions, now: number): void {
    this.#terms.settings = this.#next ?? this.#terms.settings;
    this.#terms.readingSince = now;
    this.#next = undefined;
    for (const shard of [...this.#shards.values(), ...this.#former]) shard.begin(positions.get(shard.id));
  }

  /** @returns what tells the invocation's end */
  invoked(sequenceNumbers: readonly string[], now: number, window?: WindowMembers): Ended {
    const [first] = sequenceNumbers;
    const shard = first === undefined && window ? this.#shard(window.shardId) : this.#shardOf(first);
    return shard.invoked(sequenceNumbers, now, window);
  }

  sent(trace: Trace, now: number): void {
    this.#shardOf(trace.first).sent(trace, now);
  }

  checkpointsSeen(positions: Positions, now: number, isAtRest: boolean, hasRead: boolean): void {
    for (const shard of this.#shards.values()) shard.checkpointSeen(positions.get(shard.id), now, isAtRest, hasRead);
  }

  requireNothingDue(now: number): void {
    for (const shard of this.#shards.values()) shard.requireNothingDue(now);
  }

  isThrough(positions: Positions, now: number): boolean {
    return [...this.#shards.values()].every(
      (shard) =>
        shard.isThrough(now) &&
        !shard.hasOpenWindow &&
        shard.isClosed === (positions.get(shard.id)?.kind === "finished"),
    );
  }

  describeLeft(): string {
    return [...this.#shards.values()].map((shard) => shard.describeLeft()).join("; ");
  }

  #shard(id: string): ShardModel {
    const shard = this.#shards.get(id) ?? this.#former.find((one) => one.id === id);
    if (!shard) throw new Error(`no shard ${id}`);
    return shard;
  }

  #shardOf(sequenceNumber: string | undefined): ShardModel {
    const shard = [...this.#shards.values(), ...this.#former].find((one) => one.has(sequenceNumber ?? ""));
    if (!shard) throw new Violation(`${sequenceNumber} is no record of the stream`);
    return shard;
  }
}
