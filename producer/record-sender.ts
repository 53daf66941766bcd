import { setImmediate as nextTurn } from "node:timers/promises";
import { type Attempt, isThrottled, NotStored, type Patience, refusal, untilStored } from "../handlers/until-stored.ts";

export interface OutgoingRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** What the sender has done so far, in records. */
export interface SendStats {
  /** Acknowledged by the stream. */
  sent: number;
  /** Entries that were refused or got no answer, and were sent again. */
  retried: number;
  /** Of those, entries whose answer got lost: the stream may hold them twice. */
  uncertain: number;
}

/** Where records go: a call takes a batch and answers for each record in its place. */
export interface Receiver {
  readonly mostRecords: number;
  /** Keys included. */
  readonly mostBytes: number;
  /** One attempt. @throws when the whole call failed */
  put(batch: readonly OutgoingRecord[]): Promise<readonly { readonly code?: string; readonly message?: string }[]>;
}

/** Records with the same partition key share a lane, and a lane has one request in flight: so their order is kept. */
const LANES = 4;

/** Batches that wait in one lane before `send` makes the reader wait. */
const LANE_QUEUE_BATCHES = 2;

/** How long the stream may be away or store nothing of a batch, and how long it may take for one of which it stores a little each time. */
const PATIENCE: Patience = { idleMs: 120_000, totalMs: 600_000 };

/** LocalStack's Kinesis may take ten seconds and more for full requests of all lanes: what is sent again then only adds to that. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Puts records on a receiver, several requests at a time, and sends what was refused again until it is stored. */
export class RecordSender {
  readonly stats: SendStats = { sent: 0, retried: 0, uncertain: 0 };
  readonly #receiver: Receiver;
  readonly #patience: Patience;
  readonly #lanes: readonly Lane[];
  /** Of batches that were given up. */
  readonly #unsent: OutgoingRecord[] = [];
  #failure: unknown;

  constructor(receiver: Receiver, patience = PATIENCE) {
    this.#receiver = receiver;
    this.#patience = patience;
    this.#lanes = Array.from({ length: LANES }, () => ({
      queue: [],
      waiting: [],
      isSending: false,
      done: Promise.resolve(),
    }));
  }

  /** Takes a record; waits while its lane is full. Throws what made the sending fail for good. */
  async send(record: OutgoingRecord): Promise<void> {
    const lane = this.#lanes[laneOf(record.partitionKey)]!;
    while (lane.queue.length >= LANE_QUEUE_BATCHES * this.#receiver.mostRecords && this.#failure === undefined) {
      await new Promise<void>((resolve) => lane.waiting.push(resolve));
    }
    this.#throwFailure();
    lane.queue.push(record);
    // In a later turn of the event loop, so that records which are due together go together.
    if (!lane.isSending) {
      lane.isSending = true;
      lane.done = nextTurn().then(() => this.#run(lane));
    }
  }

  /** Waits until all that was taken is stored. @throws NotStored with what is not, or an error that no patience would mend */
  async drain(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.done));
    if (this.#failure instanceof NotStored) {
      const unsent = [...this.#unsent, ...this.#lanes.flatMap(({ queue }) => queue)];
      throw new NotStored(unsent, this.#failure.reason);
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(lane: Lane): Promise<void> {
    try {
      while (lane.queue.length > 0 && this.#failure === undefined) {
        const batch = takeBatch(lane.queue, this.#receiver);
        for (const resume of lane.waiting.splice(0)) resume();
        await this.#putAll(batch);
      }
    } catch (error) {
      if (error instanceof NotStored) this.#unsent.push(...(error as NotStored<OutgoingRecord>).entries);
      this.#failure ??= error;
    } finally {
      lane.isSending = false;
      for (const { waiting } of this.#lanes) for (const resume of waiting.splice(0)) resume();
    }
  }

  async #putAll(batch: readonly OutgoingRecord[]): Promise<void> {
    let wasUncertain = false;
    await untilStored(
      batch,
      async (pending, attempt) => {
        if (attempt > 1) this.stats.retried += pending.length;
        if (wasUncertain) this.stats.uncertain += pending.length;
        const { isUncertain, ...outcome } = await this.#put(pending);
        wasUncertain = isUncertain;
        this.stats.sent += pending.length - outcome.refused.length;
        return outcome;
      },
      this.#patience,
    );
  }

  async #put(batch: readonly OutgoingRecord[]): Promise<PutOutcome> {
    try {
      const results = await this.#receiver.put(batch);
      if (results.length !== batch.length) {
        throw new Error(`the answer tells of ${results.length} records of ${batch.length}`);
      }
      const refused = batch.filter((_, index) => results[index]?.code !== undefined);
      const first = results.find(({ code }) => code !== undefined);
      return { refused, reason: refusal(first?.code, first?.message), isUncertain: false };
    } catch (error) {
      const failure = classify(error);
      if (failure === "final") throw error;
      return { refused: batch, reason: error as Error, isUncertain: failure === "uncertain" };
    }
  }
}

interface Lane {
  readonly queue: OutgoingRecord[];
  /** Senders that wait for room. */
  readonly waiting: (() => void)[];
  isSending: boolean;
  done: Promise<void>;
}

interface PutOutcome extends Attempt<OutgoingRecord> {
  readonly isUncertain: boolean;
}

function takeBatch(queue: OutgoingRecord[], { mostRecords, mostBytes }: Receiver): OutgoingRecord[] {
  let bytes = 0;
  let count = 0;
  for (const { data, partitionKey } of queue) {
    bytes += data.byteLength + Buffer.byteLength(partitionKey);
    if (count === mostRecords || (count > 0 && bytes > mostBytes)) break;
    count++;
  }
  return queue.splice(0, count);
}

/** FNV-1a: the same key always gets the same lane, and keys spread evenly. */
function laneOf(partitionKey: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < partitionKey.length; index++) {
    hash = Math.imul(hash ^ partitionKey.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % LANES;
}

const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Whether a call that failed stored nothing, stored we do not know what, or will never succeed. */
export function classify(error: unknown): "nothing stored" | "uncertain" | "final" {
  const { name, code, $metadata: metadata } = error as Failure;
  if (isThrottled(error)) return "nothing stored";
  if (typeof code === "string" && NEVER_CONNECTED.has(code)) return "nothing stored";
  const status = metadata?.httpStatusCode;
  if (status !== undefined && status >= 500) return "uncertain";
  // of an answer that tells of success, but came in part, the error of the network counts
  if (status !== undefined && status >= 300) return "final";
  const isNetwork = name === "TimeoutError" || (typeof code === "string" && /^E[A-Z]+$/.test(code));
  return isNetwork ? "uncertain" : "final";
}

interface Failure {
  readonly name?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}
