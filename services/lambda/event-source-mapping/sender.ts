import type { Call, Host } from "../../../emulator/model/context.ts";
import type { Invoker } from "../invoker.ts";
import { type Batch, begin, newBatch } from "./batch.ts";
import { fitting } from "./batcher.ts";
import { backoffMs, type Decision, type Outcome, type Part } from "./delivery.ts";
import { type Discard, type LastInvocation, sendToDestination } from "./destination.ts";
import { eventOf } from "./event.ts";
import { type Attempt, Invocation } from "./invocation.ts";
import type { Mapping, SourceRecord } from "./model.ts";
import { partialOutcome, windowStateOf } from "./response.ts";
import type { EventSource, Reader } from "./source.ts";
import type { BatchStatus, Trouble } from "./status.ts";
import type { Tally } from "./tally.ts";
import type { TumblingWindow, WindowEnd } from "./window.ts";

export const OK = "OK";
export const FUNCTION_CALL_FAILED = "PROBLEM: Function call failed";
const NOT_INVOKED = "PROBLEM: Function cannot be invoked";
const NOT_KEPT = "PROBLEM: Failed to keep what is done";
const DESTINATION_FAILED = "PROBLEM: Failed to send records to the on-failure destination";

/** What a sender needs of its mapping. */
export interface SenderScope {
  readonly host: Host;
  readonly invoker: Invoker;
  readonly call: Call;
  readonly mapping: Mapping;
  readonly source: EventSource;
  readonly shardId: string;
  readonly tally: Tally;
  /** Keeps how the tumbling window stands, where no checkpoint does. */
  readonly keepWindow: () => void;
  /** Sets LastProcessingResult. */
  readonly report: (result: string) => void;
  /** Aborted when no further attempt may begin. The one under way is waited for. */
  readonly draining: AbortSignal;
  /** Aborted when the emulator stops: nothing is waited for. */
  readonly stopping: AbortSignal;
}

/** Brings one batch after the other to its end: delivered, given up with its trace left, or cut off by a stop. */
export class Sender {
  readonly #scope: SenderScope;
  readonly #reader: Reader;
  readonly #window: TumblingWindow | undefined;
  readonly #invocation: Invocation;
  /** What is under way. */
  readonly #batches = new Set<Batch>();
  #lastError: Trouble | null = null;

  constructor(scope: SenderScope, reader: Reader, window?: TumblingWindow) {
    this.#scope = scope;
    this.#reader = reader;
    this.#window = window;
    this.#invocation = new Invocation(scope);
  }

  get batches(): readonly BatchStatus[] {
    return [...this.#batches];
  }

  /** When the oldest record arrived that is under way. */
  get oldestArrivedAt(): number | undefined {
    const arrivals = [...this.#batches].flatMap(({ oldestArrivedAt }) => oldestArrivedAt ?? []);
    return arrivals.length === 0 ? undefined : Math.min(...arrivals);
  }

  get lastError(): Trouble | null {
    return this.#lastError;
  }

  /** Delivers a batch, or what it was cut into, with all retries and splits. */
  async deliver(cut: readonly (readonly SourceRecord[])[]): Promise<void> {
    const batch = newBatch();
    this.#batches.add(batch);
    try {
      await this.#deliver(
        cut.map((records) => ({ records, retriesUsed: 0, invokeCount: 0 })),
        batch,
      );
    } finally {
      this.#batches.delete(batch);
    }
  }

  async #deliver(initial: readonly Part[], batch: Batch): Promise<void> {
    const { source, draining, stopping } = this.#scope;
    let parts = initial;
    let last: LastInvocation | undefined;
    let failures = 0;
    for (let attempts = 0; ; attempts++) {
      const [next, ...others] = parts;
      // what a queue lent to us goes to the function once, whatever comes
      if (!next || (draining.aborted && (source.isStream || attempts > 0))) return;
      const alive = await this.#withoutExpired(next, last, attempts);
      if (alive.records.length === 0) {
        parts = others;
        continue;
      }
      const [part, ...cutOff] = this.#fitting(alive);
      if (draining.aborted && source.isStream) return;
      begin(batch, part);
      const attempt = await this.#invoke(part);
      if (stopping.aborted) return;

      if ("invocation" in attempt) last = attempt.invocation ?? last;
      const { outcome, state } = this.#read(attempt, part);
      this.#note(batch, attempt, outcome, part);
      const decision = source.decide(part, outcome);
      failures = decision.backOff ? failuresInARow(failures, decision) : 0;
      if (state !== undefined) this.#window?.put(state);
      await this.#settle(decision.settled);
      if (decision.discarded.length > 0) {
        const condition = "RetryAttemptsExhausted";
        await this.#discard(decision.discarded, { condition, invokeCount: part.invokeCount + 1, lastInvocation: last });
      }
      if (this.#window?.isOverfull) await this.#endWindow("early", batch);
      if (decision.dropsRest) return;
      parts = [...decision.remaining, ...cutOff, ...others];
      if (decision.backOff) await this.#backOff(batch, failures, parts[0]?.invokeCount);
    }
  }

  /** Has the function end its tumbling window: tried until it succeeds, nothing else is delivered before. */
  async endWindow(how: WindowEnd): Promise<void> {
    const batch = newBatch();
    this.#batches.add(batch);
    try {
      await this.#endWindow(how, batch);
    } finally {
      this.#batches.delete(batch);
    }
  }

  async #endWindow(how: WindowEnd, batch: Batch): Promise<void> {
    const { draining, stopping } = this.#scope;
    const part: Part = { records: [], retriesUsed: 0, invokeCount: 0 };
    for (let failures = 0; !draining.aborted; failures++) {
      begin(batch, { ...part, invokeCount: failures });
      const attempt = await this.#invocation.invoke(eventOf([], this.#window?.members(how)));
      if (stopping.aborted) return;
      const outcome: Outcome = { kind: attempt.kind === "answered" ? "success" : "failure" };
      this.#note(batch, attempt, outcome, part);
      if (outcome.kind === "success") {
        this.#window?.end(how);
        return this.#untilKept(this.#scope.keepWindow);
      }
      await this.#backOff(batch, failures + 1, failures + 1);
    }
  }

  async #withoutExpired(part: Part, last: LastInvocation | undefined, attempts: number): Promise<Part> {
    const { source, host } = this.#scope;
    const expired = await source.expired(part, host.clock.now(), attempts);
    if (expired.length === 0) return part;
    if (source.isStream) {
      await this.#discard(expired, {
        condition: "RecordAgeExceeded",
        invokeCount: part.invokeCount,
        lastInvocation: part.invokeCount > 0 ? last : undefined,
      });
    }
    const isExpired = new Set(expired);
    return { ...part, records: part.records.filter((record) => !isExpired.has(record)) };
  }

  /** The state of a window may have grown since its batch was cut. */
  #fitting(part: Part): readonly [Part, ...Part[]] {
    const { records } = part;
    if (!this.#window?.open) return [part];
    const sizeBytes = records.reduce((sum, record) => sum + record.sizeBytes, 0);
    const { envelopeBytes } = this.#window;
    const count = fitting({ records, sizeBytes, envelopeBytes }, records.length);
    if (count === records.length) return [part];
    return [
      { ...part, records: records.slice(0, count) },
      { ...part, records: records.slice(count) },
    ];
  }

  #invoke({ records }: Part): Promise<Attempt> {
    const { source, tally } = this.#scope;
    if (source.isStream) this.#invocation.measureAge(records.at(-1)?.arrivedAt ?? 0);
    tally.add("invoked", records.length);
    return this.#invocation.invoke(eventOf(records, this.#window?.members()));
  }

  /** What follows from an answer; with tumbling windows also the state that it hands on. */
  #read(attempt: Attempt, { records }: Part): { readonly outcome: Outcome; readonly state?: string | undefined } {
    if (attempt.kind === "not-invoked") return { outcome: { kind: "not-invoked" } };
    if (attempt.kind === "failed") return { outcome: { kind: "failure" } };
    const { reportBatchItemFailures } = this.#scope.mapping.settings;
    const outcome: Outcome = reportBatchItemFailures ? partialOutcome(attempt.answer, records) : { kind: "success" };
    if (!this.#window?.open || outcome.kind === "failure") return { outcome };
    const state = windowStateOf(attempt.answer);
    return state === undefined ? { outcome: { kind: "failure" } } : { outcome, state };
  }

  #note(batch: Batch, attempt: Attempt, outcome: Outcome, { records }: Part): void {
    const { report, tally, host } = this.#scope;
    batch.isRunning = false;
    if (outcome.kind === "success") return report(OK);
    report(attempt.kind === "not-invoked" ? `${NOT_INVOKED}: ${attempt.error}` : FUNCTION_CALL_FAILED);
    tally.add("failed", outcome.kind === "partial" ? outcome.failed.size : records.length);
    batch.lastError =
      attempt.kind === "answered" ? `the function answered ${attempt.answer.slice(0, 300)}` : attempt.error;
    this.#lastError = { at: host.clock.now(), message: batch.lastError };
  }

  async #settle(records: readonly SourceRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { source, host } = this.#scope;
    await this.#untilKept(
      () => this.#reader.settle(records),
      (failures, error) => source.canSettle(records, host.clock.now(), failures, error),
    );
  }

  /** Tries until it is written: what is done must not be forgotten, and what comes behind it waits. */
  async #untilKept(
    keep: () => void | Promise<void>,
    isWorthIt?: (failures: number, error: Error) => Promise<boolean>,
  ): Promise<void> {
    const { host, draining, mapping, report } = this.#scope;
    for (let failures = 1; ; failures++) {
      try {
        return await keep();
      } catch (thrown) {
        const error = thrown as Error;
        host.log.warn("event source mapping cannot keep what is done", { mapping: mapping.uuid, error });
        this.#lastError = { at: host.clock.now(), message: `${error.name}: ${error.message}` };
        report(`${NOT_KEPT}: ${error.message}`);
        if (draining.aborted || (isWorthIt && !(await isWorthIt(failures, error)))) return;
        await this.#wait(backoffMs(failures));
      }
    }
  }

  /** Leaves the trace that the mapping asks for. Tries until it is written: the records are settled only then. */
  async #discard(
    records: readonly SourceRecord[],
    how: Pick<Discard, "condition" | "invokeCount" | "lastInvocation">,
  ): Promise<void> {
    const { host, call, mapping, shardId, source, draining, tally } = this.#scope;
    const destination = mapping.settings.onFailureDestination;
    host.log.warn("event source mapping gives up records", {
      mapping: mapping.uuid,
      condition: how.condition,
      shardId,
      startSequenceNumber: records[0]?.id,
      endSequenceNumber: records.at(-1)?.id,
      batchSize: records.length,
      destination: destination ?? null,
    });
    for (let failures = 1; destination !== undefined; failures++) {
      try {
        const batchInfo = source.batchInfo(shardId, records);
        const event = eventOf(records, this.#window?.members());
        await sendToDestination({ call, host }, mapping, destination, { ...how, shardId, batchInfo, event });
        tally.add("sentOnFailure", records.length);
        break;
      } catch (error) {
        if (draining.aborted) return;
        this.#destinationFailed(destination, error as Error);
        await this.#wait(backoffMs(failures));
        if (draining.aborted) return;
      }
    }
    tally.add("discarded", records.length);
    await this.#settle(records);
  }

  #destinationFailed(destination: string, error: Error): void {
    const { host, mapping, report } = this.#scope;
    const about = { mapping: mapping.uuid, destination, error };
    host.log.warn("event source mapping cannot write to its destination", about);
    this.#invocation.measureDestinationFailure();
    const message = `${DESTINATION_FAILED}: ${error.message}`;
    this.#lastError = { at: host.clock.now(), message };
    report(message);
  }

  async #backOff(batch: Batch, failures: number, invokeCount = 0): Promise<void> {
    const delayMs = backoffMs(failures);
    batch.attempt = invokeCount + 1;
    batch.nextAttemptAt = this.#scope.host.clock.now() + delayMs;
    await this.#wait(delayMs);
  }

  /** Ends early, and without an error, when draining begins. */
  async #wait(delayMs: number): Promise<void> {
    await this.#scope.host.scheduler.sleep(delayMs, this.#scope.draining).catch(() => undefined);
  }
}

/** An answer that names the first record as failed gets on as little as a failure; one that names a later one does get on. */
const failuresInARow = (before: number, { settled }: Decision): number => (settled.length > 0 ? 1 : before + 1);
