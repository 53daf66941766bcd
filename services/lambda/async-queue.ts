import type { Host } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { AsyncEventStore, type QueuedEvent } from "./async-event-store.ts";
import type { InvokeResult } from "./invoker.ts";
import type { AsyncEvent } from "./model.ts";

/** Lambda's defaults: an event has three attempts, the second a minute after the first, the third two minutes later. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const LARGEST_AGE_MS = 6 * 3_600_000;
/** Throttled events are tried again from one second to five minutes later. */
const THROTTLE_DELAY_MS = 1_000;
const LONGEST_THROTTLE_DELAY_MS = 300_000;
const MOST_IN_FLIGHT = 100;

type Run = (event: AsyncEvent) => Promise<InvokeResult>;

/** Runs the events of asynchronous invocations. They are kept until they are done: a killed emulator runs them again. */
export class AsyncQueue {
  readonly #host: Host;
  readonly #store: AsyncEventStore;
  readonly #run: Run;
  readonly #inFlight = new Set<string>();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(host: Host, run: Run) {
    this.#host = host;
    this.#store = new AsyncEventStore(host.storage);
    this.#run = run;
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
    const { requestId } = queued.event;
    this.#inFlight.add(requestId);
    try {
      const { functionError } = await this.#run(queued.event);
      if (!this.#isRunning) return;
      if (functionError === undefined) this.#store.remove(queued);
      else this.#retry(queued, functionError);
    } catch (error) {
      if (this.#isRunning) this.#onError(queued, error);
    } finally {
      this.#inFlight.delete(requestId);
      this.#pump();
    }
  }

  #onError(queued: QueuedEvent, error: unknown): void {
    if (!(error instanceof AwsError)) this.#retry(queued, String(error));
    else if (error.name === "TooManyRequestsException") this.#waitForRoom(queued);
    else this.#drop(queued, error.message);
  }

  #retry(queued: QueuedEvent, reason: string): void {
    const delayMs = RETRY_DELAYS_MS[queued.event.attempts];
    if (delayMs === undefined) return this.#drop(queued, `retries are exhausted: ${reason}`);
    this.#later({ ...queued, event: { ...queued.event, attempts: queued.event.attempts + 1 } }, delayMs);
  }

  #waitForRoom(queued: QueuedEvent): void {
    const delayMs = Math.min(THROTTLE_DELAY_MS * 2 ** queued.event.throttles, LONGEST_THROTTLE_DELAY_MS);
    this.#later({ ...queued, event: { ...queued.event, throttles: queued.event.throttles + 1 } }, delayMs);
  }

  #later(queued: QueuedEvent, delayMs: number): void {
    const dueAt = this.#host.clock.now() + delayMs;
    if (dueAt - queued.event.acceptedAt > LARGEST_AGE_MS) return this.#drop(queued, "it is too old");
    this.#store.move(queued, dueAt);
  }

  #drop(queued: QueuedEvent, reason: string): void {
    const { functionName, requestId } = queued.event;
    this.#host.log.warn("the event of an asynchronous invocation is dropped", { functionName, requestId, reason });
    this.#store.remove(queued);
  }
}
