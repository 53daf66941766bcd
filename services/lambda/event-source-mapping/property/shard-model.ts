import type { Position } from "../model.ts";
import { type Answer, hasFailed } from "./attempt-rules.ts";
import { BatchModel, type Trace } from "./batch-model.ts";
import { MOST_BYTES } from "./event-size.ts";
import { LONGEST_BACKOFF_MS, type ModelRecord, ShardLog, type Terms } from "./shard-log.ts";
import { MOST_STATE_BYTES, stateOf, WindowModel, type WindowMembers } from "./window-model.ts";

/** Tells the end of an invocation, and when it was. */
export type Ended = (answer: Answer, now: number) => void;

const FAILED: Answer = { kind: "failed" };
/** Of an event beside its records' data, in these scenarios at most. */
const OTHER_BYTES = 64 * 1024;

/** What AWS's rules say of one shard: which batches may be under way, and where the checkpoint is. */
export class ShardModel {
  readonly id: string;
  isClosed = false;
  readonly #parents: readonly ShardModel[];
  readonly #log: ShardLog;
  /** It is kept that it was read to its end. */
  #isFinished = false;
  readonly #window: WindowModel;
  /** The function is to end a window. */
  #isEndRunning = false;
  #batches: BatchModel[] = [];
  /** When the first records of a batch were found to be too old of which nothing else is known yet. */
  #sortedOutAt: number | undefined;

  constructor(id: string, parents: readonly ShardModel[], terms: Terms) {
    this.id = id;
    this.#parents = parents;
    this.#log = new ShardLog(id, terms);
    this.#window = new WindowModel(terms.settings.tumblingWindowInSeconds ?? 0);
  }

  put(record: ModelRecord): void {
    this.#log.put(record);
  }

  has(sequenceNumber: string): boolean {
    return this.#log.has(sequenceNumber);
  }

  get isRunning(): boolean {
    return this.#isEndRunning || this.#batches.some((batch) => batch.isRunning);
  }

  /** Whether nothing is left to be delivered, as far as the rules go. */
  isThrough(now: number): boolean {
    return this.#most(now) === this.#log.length && !this.#unfinishedParent(now);
  }

  #unfinishedParent(now: number): ShardModel | undefined {
    return this.#parents.find((parent) => !parent.isClosed || !parent.isThrough(now));
  }

  /** Whether the function is still to end a window in which it succeeded. */
  get hasOpenWindow(): boolean {
    return this.#window.isOpen;
  }

  /** @returns what tells the invocation's end */
  invoked(sequenceNumbers: readonly string[], now: number, members?: WindowMembers): Ended {
    if (members && sequenceNumbers.length === 0) return this.#endsWindow(members, now);
    const log = this.#log;
    const records = sequenceNumbers.map((sequenceNumber) => log.place(sequenceNumber));
    const batch = this.#batches.find((one) => one.has(records[0])) ?? this.#begun(records, now);
    batch.invoked(records, now);
    if (this.#window.isUsed !== (members !== undefined)) log.broken(records, "has, or lacks, a window");
    const arrivals = records.map((record) => log.arrivedAt(record));
    const handOn = members && this.#window.invoked(members, arrivals);
    if (!members) this.#window.requireClosed();
    return (answer, answeredAt) => {
      const isStateless = handOn && answer.kind === "returned" && stateOf(answer) === undefined;
      const counted = isStateless ? FAILED : answer;
      handOn?.(counted, hasFailed(counted, sequenceNumbers, log.terms.settings.reportBatchItemFailures));
      batch.answered(counted, answeredAt);
      this.#forgetEnded();
    };
  }

  /** Its records are done, and its time is over, or its shard; or its state is too large, in the middle of a batch. */
  #endsWindow(members: WindowMembers, now: number): Ended {
    const log = this.#log;
    this.#forgetExpired(now);
    const isEarly = members.isWindowTerminatedEarly;
    if (this.#batches.some((batch) => batch.isRunning)) log.broken([], "has a batch under way, and its window ends");
    if (this.#batches.length > 0 && !isEarly) log.broken([], "is left of a window, and a batch is not done");
    const ended = this.#window.ended(members, (startMs, endMs) => {
      if (now < endMs && !this.isClosed) return false;
      const open = log.open().filter((record) => !log.mayBeGone(record, now));
      return !open.some((record) => log.arrivedAt(record) >= startMs && log.arrivedAt(record) < endMs);
    });
    this.#isEndRunning = true;
    return (answer) => {
      this.#isEndRunning = false;
      ended(answer);
    };
  }

  #begun(records: readonly number[], now: number): BatchModel {
    const { batchSize } = this.#log.terms.settings;
    this.#forgetExpired(now);
    if (records.length === 0) this.#log.broken(records, "is invoked with");
    if (records.length > batchSize) this.#log.broken(records, `is larger than BatchSize, ${batchSize}`);
    if (this.#sortedOutAt === undefined) this.#requireDue(records, now);
    this.#requireTurn(records, now);
    const batch = this.#track(records);
    batch.sortedOutAt = this.#sortedOutAt;
    this.#sortedOutAt = undefined;
    return batch;
  }

  /** It is their turn: nothing before them, of the same partition key or of a parent, is still to be done. */
  #requireTurn(records: readonly number[], now: number): void {
    const log = this.#log;
    const parent = this.#unfinishedParent(now);
    if (parent) log.broken(records, `comes before the end of ${parent.id}`);
    if (this.#batches.length >= log.terms.settings.parallelizationFactor) log.broken(records, "is one batch too many");
    if (records.some((record, index) => record <= (records[index - 1] ?? -1))) log.broken(records, "is not in order");
    const closed = records.find((record) => !log.isOpen(record));
    if (closed !== undefined) log.broken(records, `has ${log.name(closed)}, which is done or not asked for`);

    const lanes = new Set(records.map((record) => log.lane(record)));
    for (const record of log.open(log.kept, records.at(-1))) {
      if (!lanes.has(log.lane(record)) || records.includes(record)) continue;
      if (this.#isUnderWay(record) || !log.mayBeGone(record, now)) {
        log.broken(records, `comes before its predecessor ${log.name(record)} is done`);
      }
      log.letGo(record, now);
    }
  }

  /** The batch is full, its window is over, or nothing more can come. Records that were too old may have begun it. */
  #requireDue(records: readonly number[], now: number): void {
    const log = this.#log;
    const { settings, readingSince } = log.terms;
    const cut = [...log.open(log.kept, records[0]).filter((record) => log.mayBeGone(record, now)), ...records];
    if (cut.length >= settings.batchSize || this.isClosed || log.lastGoneAt === now) return;
    if (this.#areTooLarge(cut[0] ?? 0)) return;
    // a batch is of one window, and does not wait beyond its end
    if (this.#window.isUsed && now >= this.#window.endOf(log.arrivedAt(cut[0] ?? 0))) return;
    const since = Math.max(log.arrivedAt(cut[0] ?? 0), readingSince);
    const early = since + settings.maximumBatchingWindowInSeconds * 1000 - now;
    if (early > 0) log.broken(records, `comes ${early} ms before its window is over`);
  }

  /** Whether those of a lane from one on, or nearly, do not fit into one event: with what else it has. */
  #areTooLarge(first: number): boolean {
    const log = this.#log;
    const others = OTHER_BYTES + (this.#window.isUsed ? MOST_STATE_BYTES : 0);
    const lane = log.open(first).filter((record) => log.sharedLane(record) === log.sharedLane(first));
    return log.bytes(lane) >= MOST_BYTES - others;
  }

  sent(trace: Trace, now: number): void {
    const first = this.#log.place(trace.first);
    const known = this.#batches.find((batch) => batch.has(first));
    const batch = known ?? this.#beginsTooOld(trace, now);
    batch.sent(trace, now);
    // the rest of a batch that was never with the function is known only when it is
    if (batch.isOver && !batch.wasInvoked) this.#sortedOutAt = batch.sortedOutAt;
    this.#forgetEnded();
  }

  #beginsTooOld({ first, last, sequenceNumbers }: Trace, now: number): BatchModel {
    const log = this.#log;
    const records =
      sequenceNumbers?.map((sequenceNumber) => log.place(sequenceNumber)) ??
      log.open(log.place(first), log.place(last) + 1);
    this.#requireTurn(records, now);
    return this.#track(records);
  }

  /**
   * Compares the checkpoint with what it must and may be.
   * @param isAtRest whether everything that needs no time has happened
   * @param hasRead whether all that can be read has been
   */
  checkpointSeen(position: Position | undefined, now: number, isAtRest: boolean, hasRead: boolean): void {
    const log = this.#log;
    const at = log.placeOf(position);
    const most = this.#most(now);
    if (at < log.kept) log.broken([log.kept - 1], `is behind the checkpoint, which went back to ${log.name(at)}`);
    if (at > most) log.broken([most], "is passed by the checkpoint, and is not done");
    if (position?.kind === "finished" && !this.isClosed) log.broken([], "is left of it, it says, but it is open");
    const least = log.least(hasRead && this.#mayBeRead, now);
    if (isAtRest && at < least) log.broken([least - 1], "is done, and the checkpoint is not behind it");
    if (at > log.kept) this.#window.keep();
    log.keep(at, now);
    this.#isFinished = position?.kind === "finished";
  }

  /** What was under way is forgotten; reading goes on at the checkpoint. */
  begin(position: Position | undefined): void {
    const at = this.#log.placeOf(position);
    if (at > this.#log.kept) this.#window.keep();
    this.#log.goBackTo(at);
    this.#batches = [];
    this.#sortedOutAt = undefined;
    this.#isEndRunning = false;
    this.#window.begin(this.#log.terms.settings.tumblingWindowInSeconds ?? 0);
  }

  /** What is due and has nothing to wait for must be under way. */
  requireNothingDue(now: number): void {
    const log = this.#log;
    const { batchSize, maximumBatchingWindowInSeconds } = log.terms.settings;
    if (this.#window.isEnding || !this.#mayBeRead) return;
    // what went without a trace may not have been looked at yet
    if (now <= log.lastGoneAt + LONGEST_BACKOFF_MS) return;
    const busy = new Set(this.#batches.flatMap((batch) => batch.left.map((record) => log.sharedLane(record))));
    const waiting = new Map<number, number[]>();
    for (const record of log.open()) {
      const lane = log.sharedLane(record);
      if (busy.has(lane) || log.mayBeGone(record, now)) continue;
      const before = waiting.get(lane);
      if (before) before.push(record);
      else waiting.set(lane, [record]);
    }
    for (const records of waiting.values()) {
      const isDue = records.length >= batchSize || maximumBatchingWindowInSeconds === 0 || this.isClosed;
      if (isDue) log.broken(records, "is due and is not delivered");
    }
  }

  describeLeft(): string {
    return `${this.id}: ${this.#log.names(this.#log.open())}`;
  }

  get #mayBeRead(): boolean {
    return this.#parents.every((parent) => parent.#isFinished);
  }

  #track(records: readonly number[]): BatchModel {
    const batch = new BatchModel(this.#log, records);
    this.#batches.push(batch);
    return batch;
  }

  #forgetEnded(): void {
    this.#batches = this.#batches.filter((batch) => !batch.isOver);
  }

  /** Batches that may have come to their end without a trace, as all that is left of them is too old. */
  #forgetExpired(now: number): void {
    if (this.#log.hasDestination) return;
    for (const batch of this.#batches) {
      const isGone = batch.left.every((record) => this.#log.isExpired(record, now));
      if (!batch.isRunning && isGone) batch.letGo(now);
    }
    this.#forgetEnded();
  }

  #isUnderWay(record: number): boolean {
    return this.#batches.some((batch) => batch.has(record));
  }

  /** How far everything can have come to its end. */
  #most(now: number): number {
    const isBusy = (record: number) => this.#batches.some((batch) => batch.isBusy && batch.has(record));
    return this.#log.doneTo((record) => this.#log.mayBeGone(record, now) && !isBusy(record));
  }
}
