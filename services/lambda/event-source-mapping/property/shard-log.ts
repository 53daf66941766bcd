import { laneOf } from "../lanes.ts";
import type { Position, Settings } from "../model.ts";
import { Violation } from "./violation.ts";

export interface ModelRecord {
  readonly sequenceNumber: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  /** Whether the mapping's starting position is not behind it. */
  readonly isAsked: boolean;
  /** Whether the filter lets it through, when there is one. */
  readonly isMatched: boolean;
  /** Of its data, in base64. */
  readonly sizeBytes: number;
}

/** What holds for all shards at present. */
export interface Terms {
  settings: Settings;
  retentionMs: number;
  /** When reading began: no record was read before. */
  readingSince: number;
}

/** The engine tries again within this time what failed. */
export const LONGEST_BACKOFF_MS = 10_000;

/** The records of one shard, and which of them have come to their end. Records are named by their place. */
export class ShardLog {
  readonly id: string;
  readonly terms: Terms;
  readonly #records: ModelRecord[] = [];
  readonly #places = new Map<string, number>();
  readonly #settled = new Set<number>();
  /** Those that went without a trace: too old, or trimmed before they were read. */
  readonly #gone = new Set<number>();
  /** All before it is behind the checkpoint that was last seen. */
  #kept = 0;
  #lastGoneAt = -Infinity;

  constructor(id: string, terms: Terms) {
    this.id = id;
    this.terms = terms;
  }

  get length(): number {
    return this.#records.length;
  }

  get kept(): number {
    return this.#kept;
  }

  get hasDestination(): boolean {
    return this.terms.settings.onFailureDestination !== undefined;
  }

  put(record: ModelRecord): void {
    this.#places.set(record.sequenceNumber, this.#records.push(record) - 1);
  }

  has(sequenceNumber: string): boolean {
    return this.#places.has(sequenceNumber);
  }

  place(sequenceNumber: string): number {
    const place = this.#places.get(sequenceNumber);
    if (place === undefined) throw new Violation(`${sequenceNumber} is no record of ${this.id}`);
    return place;
  }

  placeOf(position: Position | undefined): number {
    if (position?.kind === "finished") return this.length;
    return position?.kind === "after" ? this.place(position.sequenceNumber) + 1 : 0;
  }

  /** Records that are still to come to their end. */
  open(from = this.#kept, to = this.length): number[] {
    const records: number[] = [];
    for (let record = from; record < to; record++) if (this.isOpen(record)) records.push(record);
    return records;
  }

  isOpen(record: number): boolean {
    const isOver = record < this.#kept || this.#settled.has(record) || this.#gone.has(record);
    return !isOver && this.#records[record]?.isAsked === true && this.#isWanted(record);
  }

  /** Whether it is for the function: filters come and go. */
  #isWanted(record: number): boolean {
    return this.terms.settings.filters === undefined || this.#records[record]?.isMatched === true;
  }

  settle(records: readonly number[]): void {
    for (const record of records) this.#settled.add(record);
  }

  letGo(record: number, now: number): void {
    this.#gone.add(record);
    this.#lastGoneAt = now;
  }

  /** When a record last went without a trace. */
  get lastGoneAt(): number {
    return this.#lastGoneAt;
  }

  /** How far everything has certainly come to its end; with `passes` also what it lets pass. */
  doneTo(passes: (record: number) => boolean = () => false): number {
    let at = this.#kept;
    while (at < this.length && (!this.isOpen(at) || passes(at))) at++;
    return at;
  }

  /**
   * Where the checkpoint must be by now: after the last record that came to its end with none open before it.
   * @param hasRead whether it must have passed those behind it, too, that no filter lets through
   */
  least(hasRead: boolean, now: number): number {
    let at = this.#kept;
    while (at < this.length && !this.isOpen(at) && !this.#gone.has(at)) at++;
    const mustPass = (record: number) => this.#settled.has(record) || (hasRead && this.#isFiltered(record, now));
    while (at > this.#kept && !mustPass(at - 1)) at--;
    return at;
  }

  #isFiltered(record: number, now: number): boolean {
    const { isAsked, arrivedAt } = this.#records[record] as ModelRecord;
    return isAsked && !this.#isWanted(record) && now - arrivedAt <= this.terms.retentionMs;
  }

  /** The checkpoint is there now. */
  keep(at: number, now: number): void {
    for (const record of this.open(this.#kept, at)) this.letGo(record, now);
    this.#kept = at;
  }

  /** All that is known is the checkpoint. */
  goBackTo(at: number): void {
    this.#kept = at;
    for (const records of [this.#settled, this.#gone]) {
      for (const record of records) if (record >= at) records.delete(record);
    }
  }

  arrivedAt(record: number): number {
    return this.#records[record]?.arrivedAt ?? 0;
  }

  /** Of the data of records together. */
  bytes(records: readonly number[]): number {
    return records.reduce((sum, record) => sum + (this.#records[record]?.sizeBytes ?? 0), 0);
  }

  isExpired(record: number | undefined, now: number): boolean {
    const seconds = this.terms.settings.maximumRecordAgeInSeconds;
    const limitMs = seconds === -1 ? Infinity : seconds * 1000;
    return record !== undefined && now - this.arrivedAt(record) > Math.min(limitMs, this.terms.retentionMs);
  }

  /** Trimmed before it was read, or too old with no destination to tell. */
  mayBeGone(record: number, now: number): boolean {
    return this.hasDestination ? now - this.arrivedAt(record) > this.terms.retentionMs : this.isExpired(record, now);
  }

  /** Records of a lane wait for each other; with one batch at a time, all do. */
  lane(record: number): string {
    return this.terms.settings.parallelizationFactor === 1 ? "" : (this.#records[record]?.key ?? "");
  }

  /** Which of the lanes its key is in, with other keys: what AWS does not say is as the engine has it. */
  sharedLane(record: number): number {
    return laneOf(this.#records[record]?.key ?? "", this.terms.settings.parallelizationFactor);
  }

  names(records: readonly number[]): string {
    return records.length === 0 ? "nothing" : records.map((record) => this.name(record)).join(" ");
  }

  name(record: number): string {
    return this.#records[record]?.sequenceNumber ?? "?";
  }

  broken(records: readonly number[], what: string): never {
    throw new Violation(`${this.id}: ${this.names(records)} ${what}`);
  }
}
