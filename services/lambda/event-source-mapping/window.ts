import { ENVELOPE_BYTES } from "./event.ts";
import type { OpenWindow, SourceRecord } from "./model.ts";

/** Largest state that a window keeps; beyond it, it is terminated early. */
export const MAXIMUM_STATE_BYTES = 1_048_576;

const FRESH = "{}";

export type WindowEnd = "final" | "early";

/**
 * The tumbling window of one shard: records belong to windows by the time of their arrival, windows are as long as the mapping
 * says and begin at multiples of it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export class TumblingWindow {
  readonly #sizeMs: number;
  readonly #shardJson: string;
  #open: OpenWindow | undefined;
  #stateBytes: number;

  /** @param kept what a predecessor left open */
  constructor(
    of: { readonly sizeMs: number; readonly shardId: string; readonly eventSourceArn: string },
    kept: OpenWindow | undefined,
  ) {
    this.#sizeMs = of.sizeMs;
    this.#shardJson = `"shardId":${JSON.stringify(of.shardId)},"eventSourceARN":${JSON.stringify(of.eventSourceArn)}`;
    this.#open = kept;
    this.#stateBytes = Buffer.byteLength(kept?.state ?? FRESH);
  }

  get open(): OpenWindow | undefined {
    return this.#open;
  }

  get stateBytes(): number {
    return this.#stateBytes;
  }

  get isOverfull(): boolean {
    return this.#stateBytes > MAXIMUM_STATE_BYTES;
  }

  /** Whether it is of another length than windows are now: the mapping was changed. */
  get isOutdated(): boolean {
    return this.#open !== undefined && this.#open.endMs - this.#open.startMs !== this.#sizeMs;
  }

  /** Whether there are windows at all; without, one that was left open is only to be closed. */
  get isUsed(): boolean {
    return this.#sizeMs > 0;
  }

  startOf(arrivedAt: number): number {
    return Math.floor(arrivedAt / this.#sizeMs) * this.#sizeMs;
  }

  endOf(arrivedAt: number): number {
    return this.startOf(arrivedAt) + this.#sizeMs;
  }

  /** How many records from the first on are of one window, at most `most`. */
  together(records: readonly SourceRecord[], most: number): number {
    const start = this.startOf(records[0]?.arrivedAt ?? 0);
    const limit = Math.min(records.length, most);
    let count = 0;
    while (count < limit && this.startOf(records[count]?.arrivedAt ?? 0) === start) count++;
    return count;
  }

  /** Opens the window of a record, where there are windows and it is not open yet. */
  begin(arrivedAt: number): void {
    if (this.#open || !this.isUsed) return;
    this.#set({ startMs: this.startOf(arrivedAt), endMs: this.endOf(arrivedAt), state: FRESH });
  }

  put(state: string): void {
    if (this.#open) this.#set({ ...this.#open, state });
  }

  /** After the invocation that ended it: one that was terminated early goes on with nothing in it. */
  end(how: WindowEnd): void {
    if (how === "early") this.put(FRESH);
    else this.#open = undefined;
  }

  /** Bytes of an event of this window beside its records. */
  get envelopeBytes(): number {
    return ENVELOPE_BYTES + Buffer.byteLength(this.#shardJson) + FRAME_BYTES + this.#stateBytes;
  }

  /** What an event of the open window has behind its records. */
  members(end?: WindowEnd): string {
    if (!this.#open) return "";
    const { startMs, endMs, state } = this.#open;
    return frame(instant(startMs), instant(endMs), state, this.#shardJson, end);
  }

  #set(open: OpenWindow): void {
    this.#open = open;
    this.#stateBytes = Buffer.byteLength(open.state);
  }
}

const frame = (start: string, end: string, state: string, shard: string, how: WindowEnd | undefined): string =>
  `,"window":{"start":"${start}","end":"${end}"},"state":${state},${shard},` +
  `"isFinalInvokeForWindow":${how === "final"},"isWindowTerminatedEarly":${how === "early"}`;

/** ISO 8601 without fractions: windows begin and end with a second. */
export const instant = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** `false` is the longer of the two. */
const FRAME_BYTES = frame(instant(0), instant(0), "", "", undefined).length;
