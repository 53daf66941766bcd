import type { Host } from "../../emulator/model/context.ts";
import { messageGone, notInFlight, receiptHandleExpired, tooManyInFlight } from "./errors.ts";
import { isFifo, milliseconds, queueArn } from "./model.ts";
import type { Content, Counters, Queue, Received } from "./model.ts";
import { QueueMessages } from "./queue-messages.ts";
import type { ReceiptHandle } from "./receipt-handle.ts";
import { openTables, type Sent, type Tables } from "./tables.ts";

/** For so long a FIFO queue remembers deduplication ids and receive attempts. */
const REMEMBERED_MS = 300_000;
/** Of a queue; beyond it standard queues answer OverLimit, FIFO queues nothing. */
const MOST_IN_FLIGHT = 120_000;
const LONGEST_VISIBILITY_MS = 43_200_000;

export interface Draft {
  readonly content: Omit<Content, "sequenceNumber">;
  readonly delayMs: number;
}

export interface ReceiveOptions {
  readonly most: number;
  readonly visibilityMs: number;
  readonly attemptId?: string;
  /** Where messages go that were received too often. */
  readonly deadLetters?: { readonly queue: Queue; readonly maxReceiveCount: number };
}

export interface Reception {
  readonly messages: readonly Received[];
  /** How many messages went to the dead-letter queue. */
  readonly deadLettered: number;
}

/** Messages of queues. Every method is one transaction, and first applies what time has done. */
export class MessageStore {
  readonly #host: Host;
  readonly #tables: Tables;

  constructor(host: Host) {
    this.#host = host;
    this.#tables = openTables(host.storage);
  }

  #with<T>(queue: Queue, work: (messages: QueueMessages, now: number) => T): T {
    return this.#host.storage.write(() => {
      const now = this.#host.clock.now();
      const messages = new QueueMessages(queue, this.#tables, this.#host.ids, now);
      messages.settle();
      try {
        return work(messages, now);
      } finally {
        // what time has done stays done where a caller goes on after an error
        messages.save();
      }
    });
  }

  /** Adds messages in order. One that a FIFO queue took before under its deduplication id is answered, not added. */
  send(queue: Queue, drafts: readonly Draft[]): Sent[] {
    return this.#with(queue, (messages, now) => {
      if (isFifo(queue)) this.#forgetDuplicates(queue, now);
      return drafts.map(({ content, delayMs }) => {
        const scope = queue.attributes.DeduplicationScope === "messageGroup" ? (content.groupId ?? "") : "";
        const key = [queue.id, scope, content.deduplicationId ?? ""];
        const before = isFifo(queue) ? this.#tables.duplicates.get(key) : undefined;
        if (before) return before;
        const sequenceNumber = messages.add({ content, sentAt: now, receives: 0, delayMs });
        const sent = { messageId: content.messageId, at: now, ...(sequenceNumber !== undefined && { sequenceNumber }) };
        if (isFifo(queue)) {
          this.#tables.duplicates.put(key, sent);
          this.#tables.index.put([queue.id, "duplicate", now, ...key.slice(1)], 1);
        }
        return sent;
      });
    });
  }

  #forgetDuplicates(queue: Queue, now: number): void {
    for (const key of this.#expired(queue, "duplicate", now)) {
      const [, , , scope = "", id = ""] = key;
      this.#tables.index.remove(key);
      this.#tables.duplicates.remove([queue.id, scope, id]);
    }
  }

  /** Keys of the index under what is remembered for a while, and was long enough. */
  #expired({ id }: Queue, part: "attempt" | "duplicate", now: number) {
    return [...this.#tables.index.keys({ start: [id, part, 0], end: [id, part, now - REMEMBERED_MS] })];
  }

  receive(queue: Queue, options: ReceiveOptions): Reception {
    return this.#with(queue, (messages, now) => {
      const again = this.#receiveAgain(messages, options, now);
      if (again) return { messages: again, deadLettered: 0 };
      const taken: Received[] = [];
      let deadLettered = 0;
      while (taken.length < options.most) {
        const first = messages.firstReady();
        if (first === undefined) break;
        if (messages.counters.flight >= MOST_IN_FLIGHT) {
          if (isFifo(queue) || taken.length > 0) break;
          throw tooManyInFlight();
        }
        for (const number of messages.together(first, options.most - taken.length)) {
          if (this.#isExhausted(messages, number, options)) {
            this.#deadLetter(messages, number, options, now);
            deadLettered++;
          } else {
            const received = messages.take(number, options.visibilityMs);
            if (received) taken.push(received);
          }
        }
      }
      this.#remember(queue, options, taken, now);
      return { messages: taken, deadLettered };
    });
  }

  /** What the same attempt received before, when nothing has happened to it since. */
  #receiveAgain(messages: QueueMessages, { attemptId, visibilityMs }: ReceiveOptions, now: number) {
    if (attemptId === undefined) return undefined;
    const key = [messages.queue.id, attemptId];
    const attempt = this.#tables.attempts.get(key);
    if (!attempt || now - attempt.at > REMEMBERED_MS) return undefined;
    const received: Received[] = [];
    for (const { number, receipt, until } of attempt.messages) {
      const state = messages.state(number);
      const content = messages.content(number);
      const isUntouched = state?.lane === "flight" && state.receipt === receipt && state.at === until;
      if (!isUntouched || !content) return undefined;
      received.push({ number, content, state });
    }
    const held = received.map((one) => ({ ...one, state: messages.hold(one.number, visibilityMs) }));
    this.#tables.attempts.put(key, { at: attempt.at, messages: held.map(attemptOf) });
    return held;
  }

  #remember(queue: Queue, { attemptId }: ReceiveOptions, taken: readonly Received[], now: number): void {
    if (attemptId === undefined || taken.length === 0) return;
    for (const key of this.#expired(queue, "attempt", now)) {
      const [, , at, id = ""] = key;
      this.#tables.index.remove(key);
      // it may have been used again since
      if (this.#tables.attempts.get([queue.id, id])?.at === at) this.#tables.attempts.remove([queue.id, id]);
    }
    this.#tables.attempts.put([queue.id, attemptId], { at: now, messages: taken.map(attemptOf) });
    this.#tables.index.put([queue.id, "attempt", now, attemptId], 1);
  }

  #isExhausted(messages: QueueMessages, number: number, { deadLetters }: ReceiveOptions): boolean {
    return deadLetters !== undefined && (messages.state(number)?.receivesHere ?? 0) >= deadLetters.maxReceiveCount;
  }

  /**
   * A standard queue's message keeps the time at which it was sent: its retention goes on. That of a FIFO queue is known by its
   * id from now on, so that two of one deduplication id are two in the dead-letter queue as well.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  #deadLetter(messages: QueueMessages, number: number, { deadLetters }: ReceiveOptions, now: number): void {
    const state = messages.state(number);
    const content = messages.content(number);
    if (!deadLetters || !state || !content) return;
    messages.remove(number);
    const { sequenceNumber: _sequenceNumber, ...rest } = content;
    this.#with(deadLetters.queue, (target) =>
      target.add({
        content: {
          ...rest,
          ...(isFifo(messages.queue) && { deduplicationId: content.messageId }),
          deadLetterSourceArn: queueArn(messages.queue),
        },
        sentAt: isFifo(messages.queue) ? now : state.sentAt,
        receives: state.receives,
        ...(state.firstReceivedAt !== undefined && { firstReceivedAt: state.firstReceivedAt }),
        delayMs: 0,
      }),
    );
  }

  /**
   * Removes a message by the receipt handle of its last receive; an older handle of a standard queue, or one of a message
   * that is gone, does nothing.
   * @throws InvalidParameterValue when the visibility timeout of a FIFO queue's message has ended
   */
  remove(queue: Queue, { number, receipt, text }: ReceiptHandle): void {
    this.#with(queue, (messages) => {
      const state = messages.state(number);
      if (!state) return;
      const isCurrent = state.receipt === receipt;
      if (isFifo(queue) && (!isCurrent || state.lane !== "flight")) throw receiptHandleExpired(text);
      if (isCurrent) messages.remove(number);
    });
  }

  /**
   * Lets the visibility timeout of a message end `visibilityMs` from now.
   * @throws InvalidParameterValue, MessageNotInflight
   */
  changeVisibility(queue: Queue, { number, receipt, text }: ReceiptHandle, visibilityMs: number, tooLong: Error): void {
    this.#with(queue, (messages, now) => {
      const state = messages.state(number);
      if (!state || state.receipt !== receipt) throw messageGone(text);
      if (state.lane !== "flight") throw notInFlight();
      if (now + visibilityMs - (state.receivedAt ?? now) > LONGEST_VISIBILITY_MS) throw tooLong;
      messages.hold(number, visibilityMs);
    });
  }

  /**
   * Takes ready messages out of a queue for good, up to `most`, and gives each to `to` as a new message.
   * @param to where a message goes; what it throws ends the whole move
   */
  move(
    queue: Queue,
    most: number,
    to: (content: Content) => Queue,
  ): { readonly moved: number; readonly targets: Queue[] } {
    return this.#with(queue, (messages, now) => {
      const targets = new Map<string, Queue>();
      let moved = 0;
      for (; moved < most; moved++) {
        const number = messages.firstReady();
        const content = number === undefined ? undefined : messages.content(number);
        if (number === undefined || !content) break;
        const target = to(content);
        messages.remove(number);
        const { sequenceNumber: _number, deadLetterSourceArn: _source, ...rest } = content;
        const delayMs = milliseconds(target, "DelaySeconds");
        const renewed = { ...rest, messageId: this.#host.ids.uuid() };
        this.#with(target, (others) => others.add({ content: renewed, sentAt: now, receives: 0, delayMs }));
        targets.set(target.id, target);
      }
      return { moved, targets: [...targets.values()] };
    });
  }

  /** Whether a receive would find something now: to ask costs less than to receive nothing. */
  hasReady(queue: Queue): boolean {
    return new QueueMessages(queue, this.#tables, this.#host.ids, this.#host.clock.now()).firstReady() !== undefined;
  }

  /** Applies what time has done. */
  settle(queue: Queue): void {
    this.#with(queue, () => undefined);
  }

  clear(queue: Queue): void {
    this.#with(queue, (messages) => messages.clear());
  }

  counters(queue: Queue): Counters {
    return this.#with(queue, (messages) => messages.counters);
  }

  /** When the oldest message of a queue was sent, in epoch milliseconds. */
  oldestSentAt(queue: Queue): number | undefined {
    return this.#with(queue, (messages) => messages.oldestSentAt());
  }

  /** When the next delay or visibility timeout ends, in epoch milliseconds. */
  nextDueAt(queue: Queue): number | undefined {
    return new QueueMessages(queue, this.#tables, this.#host.ids, this.#host.clock.now()).nextDueAt();
  }

  removeAll({ id }: Queue): void {
    for (const table of Object.values(this.#tables) as Tables["index"][]) table.clear([id]);
  }
}

const attemptOf = ({ number, state }: Received) => ({ number, receipt: state.receipt ?? "", until: state.at });
