import type { Settings } from "../model.ts";
import type { Answer } from "./attempt-rules.ts";
import { Violation } from "./violation.ts";

interface Reception {
  /** For the first time since it waits for a batch. */
  readonly receivedAt: number;
  /** From then on others may have it. */
  readonly visibleAt: number;
  state: "held" | "running" | "used";
  wasInvoked: boolean;
  /** The function was done with it in time: nobody else can have it any more. */
  isDone: boolean;
}

interface ModelMessage {
  readonly id: string;
  readonly group: string | undefined;
  readonly isMatched: boolean;
  /** The function is done with it, or is never to see it. */
  isDone: boolean;
  isDeleted: boolean;
  isDead: boolean;
  /** The present one; undefined: the engine does not have it. */
  reception: Reception | undefined;
}

interface Failures {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: unknown }[] | null;
}

/**
 * AWS's rules for one mapping of one queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueueModel {
  readonly #messages = new Map<string, ModelMessage>();
  #settings: Settings;
  #next: Settings | undefined;
  #running = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get isDraining(): boolean {
    return this.#next !== undefined;
  }

  get isRunning(): boolean {
    return this.#running > 0;
  }

  sent(id: string, group: string | undefined, isMatched: boolean): void {
    const state = { isDone: !isMatched, isDeleted: false, isDead: false, reception: undefined };
    this.#messages.set(id, { id, group, isMatched, ...state });
  }

  received(ids: readonly string[], now: number, visibilityMs: number): void {
    for (const id of ids) {
      const message = this.#message(id);
      const { reception } = message;
      message.reception = {
        receivedAt: reception?.state === "held" && !reception.wasInvoked ? reception.receivedAt : now,
        visibleAt: now + visibilityMs,
        state: "held",
        wasInvoked: false,
        isDone: false,
      };
    }
  }

  deleted(id: string): void {
    const message = this.#message(id);
    if (!message.isDone) throw new Violation(`${id} is deleted, and the function is not done with it`);
    message.isDeleted = true;
  }

  dead(id: string): void {
    this.#message(id).isDead = true;
  }

  drain(settings: Settings): void {
    this.#next = settings;
  }

  /** Reading begins anew; what the engine had comes again when it is visible. */
  begin(): void {
    this.#settings = this.#next ?? this.#settings;
    this.#next = undefined;
    this.#running = 0;
    for (const message of this.#messages.values()) message.reception = undefined;
  }

  /** @returns what tells the invocation's end, and when */
  invoked(ids: readonly string[], now: number): (answer: Answer, now: number) => void {
    const { batchSize, maximumConcurrency = Infinity } = this.#settings;
    const messages = ids.map((id) => this.#message(id));
    if (new Set(ids).size < ids.length) throw new Violation(`${ids.join(" ")}: one message comes several times`);
    if (ids.length > batchSize || ids.length === 0) throw new Violation(`${ids.join(" ")}: ${ids.length} messages`);
    if (this.#running >= maximumConcurrency) throw new Violation(`${ids.join(" ")} is one batch too many`);
    for (const message of messages) this.#requireTurn(message, messages, now);
    this.#requireDue(messages, now);
    this.#running++;
    const receptions = messages.map(({ reception }) => reception as Reception);
    for (const reception of receptions) {
      reception.state = "running";
      reception.wasInvoked = true;
    }
    return (answer, answeredAt) => {
      this.#running--;
      const failed = this.#failed(answer, ids);
      for (const [index, message] of messages.entries()) {
        const reception = receptions[index] as Reception;
        reception.state = answer.kind === "throttled" ? "held" : "used";
        if (failed.has(message.id)) continue;
        message.isDone = true;
        reception.isDone = answeredAt < reception.visibleAt;
      }
    };
  }

  #requireTurn(
    { id, group, isMatched, isDeleted, reception }: ModelMessage,
    batch: readonly ModelMessage[],
    now: number,
  ) {
    if (!isMatched) throw new Violation(`${id} is delivered, and no filter lets it through`);
    if (isDeleted) throw new Violation(`${id} is delivered after it was deleted`);
    if (!reception) throw new Violation(`${id} is delivered, and was not received since reading began`);
    if (reception.state !== "held") throw new Violation(`${id} is delivered again without being received again`);
    if (now >= reception.visibleAt) throw new Violation(`${id} is delivered when others may have it`);
    if (group === undefined) return;
    for (const other of this.#messages.values()) {
      if (other.id === id) return;
      if (other.group !== group || other.isDone || other.isDead) continue;
      const isBefore = batch.some((one) => one === other);
      if (!isBefore) throw new Violation(`${id} comes before its predecessor ${other.id} is done`);
    }
  }

  #requireDue(messages: readonly ModelMessage[], now: number): void {
    // it was throttled, and is tried again
    if (messages.every(({ reception }) => reception?.wasInvoked)) return;
    const { batchSize, maximumBatchingWindowInSeconds } = this.#settings;
    // what was gathered for it, and may be someone else's by now
    const isLost = ({ reception }: ModelMessage) => reception?.state === "held" && reception.visibleAt <= now;
    const gathered = [...messages, ...[...this.#messages.values()].filter(isLost)];
    if (gathered.length >= batchSize || this.isDraining) return;
    const since = Math.min(...gathered.map(({ reception }) => reception?.receivedAt ?? now));
    const early = since + maximumBatchingWindowInSeconds * 1000 - now;
    if (early > 0) throw new Violation(`${messages[0]?.id} comes ${early} ms before its window is over`);
  }

  #failed(answer: Answer, ids: readonly string[]): ReadonlySet<string> {
    if (answer.kind !== "returned") return new Set(ids);
    if (!this.#settings.reportBatchItemFailures) return new Set();
    const failures = ((answer.value ?? {}) as Failures).batchItemFailures ?? [];
    const named = failures.map(({ itemIdentifier }) => itemIdentifier as string);
    return new Set(named.every((id) => ids.includes(id)) ? named : ids);
  }

  /** What the function was done with in time has been deleted. */
  requireDeleted(): void {
    for (const { id, isDeleted, reception } of this.#messages.values()) {
      if (reception?.isDone && !isDeleted) throw new Violation(`${id} is done, and is not deleted`);
    }
  }

  /** Nothing that may be had waits, when nothing else is to be done. */
  requireNothingDue(visibleIds: readonly string[]): void {
    if (this.#running > 0 || this.#settings.maximumBatchingWindowInSeconds > 0) return;
    if (visibleIds.length > 0) throw new Violation(`${visibleIds.join(" ")} can be received, and is not delivered`);
  }

  get isThrough(): boolean {
    return [...this.#messages.values()].every(({ isDeleted, isDead }) => isDeleted || isDead);
  }

  describeLeft(): string {
    const left = [...this.#messages.values()].filter(({ isDeleted, isDead }) => !isDeleted && !isDead);
    return left.map(({ id }) => id).join(" ");
  }

  #message(id: string): ModelMessage {
    const message = this.#messages.get(id);
    if (!message) throw new Violation(`${id} is no message of the queue`);
    return message;
  }
}
