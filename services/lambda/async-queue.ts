import type { Host } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { AsyncEventStore, type QueuedEvent } from "./async-event-store.ts";
import type { AsyncOutcome } from "./async-outcome.ts";
import type { InvokeResult } from "./invoker.ts";
import type { AsyncCondition, AsyncEvent } from "./model.ts";

/** The second attempt comes a minute after the first, the third two minutes later. */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** Throttled events are tried again from one second to five minutes later. */
const THROTTLE_DELAY_MS = 1_000;
const LONGEST_THROTTLE_DELAY_MS = 300_000;
const MOST_IN_FLIGHT = 100;
/** After what should not happen: a disk that is full, say, is so for some time. */
const FAILURE_DELAY_MS = 5_000;

type Run = (event: AsyncEvent) => Promise<InvokeResult>;

/** Runs the events of asynchronous invocations. They are kept until they are done: a killed emulator runs them again. */
export class AsyncQueue {
  readonly #host: Host;
  readonly #store: AsyncEventStore;
  readonly #run: Run;
  readonly #outcome: AsyncOutcome;
  readonly #inFlight = new Set<string>();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(host: Host, run: Run, outcome: AsyncOutcome) {
    this.#host = host;
    this.#store = new AsyncEventStore(host.storage);
    this.#run = run;
    this.#outcome = outcome;
  }

  start(): void {
    this.#isRunning = true;
    this.#pump();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Keeps an event; it is accepted when this returns. */
  accept(event: AsyncEvent): void {
    this.#store.put(event, event.acceptedAt);
    this.#outcome.measure(event, "AsyncEventsReceived");
    this.#pump();
  }

  #pump(): void {
    this.#timer?.cancel();
    if (!this.#isRunning) return;
    const now = this.#host.clock.now();
    for (const key of [...this.#dueKeys(now)]) {
      const queued = this.#store.get(key);
      if (queued) void this.#attempt(queued);
    }
  }

  /** As many due events as there is room for; what is not due yet sets the timer. */
  *#dueKeys(now: number): Generator<QueuedEvent["key"]> {
    let room = MOST_IN_FLIGHT - this.#inFlight.size;
    for (const key of this.#store.inOrder()) {
      if (room === 0) return;
      const [dueAt, requestId] = key;
      if (dueAt > now) {
        this.#timer = this.#host.scheduler.after(dueAt - now, () => this.#pump());
        return;
      }
      if (this.#inFlight.has(requestId)) continue;
      room--;
      yield key;
    }
  }

  async #attempt(queued: QueuedEvent): Promise<void> {
    const { requestId, condition } = queued.event;
    this.#inFlight.add(requestId);
    try {
      if (condition !== undefined) await this.#tell(queued, condition);
      else await this.#invoke(queued);
    } catch (error) {
      this.#host.log.error("the event of an asynchronous invocation cannot be handled", { requestId, error });
      await this.#host.scheduler.sleep(FAILURE_DELAY_MS);
    } finally {
      this.#inFlight.delete(requestId);
      this.#pump();
    }
  }

  async #invoke(queued: QueuedEvent): Promise<void> {
    const { event } = queued;
    if (this.#outcome.settings(event).reservedConcurrency === 0) {
      return this.#finish(queued, "ZeroReservedConcurrency");
    }
    const ageMs = this.#host.clock.now() - event.acceptedAt;
    if (ageMs > this.#outcome.settings(event).maximumAgeMs) return this.#finish(queued, "EventAgeExceeded");
    this.#outcome.measure(event, "AsyncEventAge", ageMs, "Milliseconds");
    try {
      const result = await this.#run(event);
      if (!this.#isRunning) return;
      const answered = { ...queued, event: withAnswer(event, result) };
      if (result.functionError === undefined) await this.#finish(answered, "Success");
      else await this.#retry(answered);
    } catch (error) {
      if (!this.#isRunning) return;
      if (!(error instanceof AwsError)) await this.#retry(queued);
      else if (error.name === "TooManyRequestsException") await this.#waitForRoom(queued);
      else this.#drop(queued, error.message);
    }
  }

  async #retry(queued: QueuedEvent): Promise<void> {
    const { event } = queued;
    const delayMs = RETRY_DELAYS_MS[event.attempts];
    if (delayMs === undefined || event.attempts >= this.#outcome.settings(event).maximumRetryAttempts) {
      return this.#finish(queued, "RetriesExhausted");
    }
    await this.#later({ ...queued, event: { ...event, attempts: event.attempts + 1 } }, delayMs);
  }

  async #waitForRoom(queued: QueuedEvent): Promise<void> {
    const delayMs = Math.min(THROTTLE_DELAY_MS * 2 ** queued.event.throttles, LONGEST_THROTTLE_DELAY_MS);
    await this.#later({ ...queued, event: { ...queued.event, throttles: queued.event.throttles + 1 } }, delayMs);
  }

  /** An event that will be too old for its next attempt is given up at once. */
  async #later(queued: QueuedEvent, delayMs: number): Promise<void> {
    const dueAt = this.#host.clock.now() + delayMs;
    const isTooOld = dueAt - queued.event.acceptedAt > this.#outcome.settings(queued.event).maximumAgeMs;
    if (isTooOld) await this.#finish(queued, "EventAgeExceeded");
    else this.#store.move(queued, dueAt);
  }

  /** Keeps how an event ended before anybody is told: after a kill it does not run again. */
  async #finish(queued: QueuedEvent, condition: AsyncCondition): Promise<void> {
    const event = { ...queued.event, condition };
    if (!this.#outcome.hasReceivers(event)) {
      if (condition === "Success") this.#store.remove(queued);
      else this.#drop(queued, condition);
      return;
    }
    await this.#tell(this.#store.move({ ...queued, event }, this.#host.clock.now()), condition);
  }

  async #tell(queued: QueuedEvent, condition: AsyncCondition): Promise<void> {
    await this.#outcome.tell({ ...queued.event, condition });
    this.#store.remove(queued);
  }

  #drop(queued: QueuedEvent, reason: string): void {
    const { functionName, requestId } = queued.event;
    this.#host.log.warn("the event of an asynchronous invocation is dropped", { functionName, requestId, reason });
    this.#outcome.measure(queued.event, "AsyncEventsDropped");
    this.#store.remove(queued);
  }
}

function withAnswer(
  event: AsyncEvent,
  { statusCode, executedVersion, functionError, payload }: InvokeResult,
): AsyncEvent {
  return {
    ...event,
    invokeCount: (event.invokeCount ?? 0) + 1,
    last: {
      statusCode,
      executedVersion,
      ...(functionError !== undefined && { functionError }),
      payload: typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8"),
    },
  };
}
