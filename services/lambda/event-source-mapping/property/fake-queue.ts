import { AwsError } from "../../../../emulator/model/errors.ts";
import type { ManualClock } from "../../../../emulator/runtime/scheduler.ts";

/** A message as the queue has it. */
export interface Message {
  readonly id: string;
  /** Of a FIFO queue. */
  readonly group: string | undefined;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
}

export interface QueueSettings {
  readonly isFifo: boolean;
  readonly visibilityMs: number;
  /** Undefined: no dead-letter queue. */
  readonly maxReceiveCount: number | undefined;
}

/** SQS in a few lines: receipt handles are the message's id and how often it was received. */
export class FakeQueue {
  readonly messages = new Map<string, Message>();
  readonly deadLetters = new Map<string, Message>();
  readonly #settings: QueueSettings;
  readonly #clock: ManualClock;
  /** Messages can be received that could not be before. */
  readonly #notify: () => void;
  #sequence = 0;

  constructor(settings: QueueSettings, clock: ManualClock, notify: () => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#notify = notify;
  }

  /** @returns its id */
  send(body: string, group: string): string {
    const now = this.#clock.now();
    const id = `m${++this.#sequence}`;
    const message = { id, body, sentAt: now, visibleAt: now, receiveCount: 0 };
    this.messages.set(id, { ...message, group: this.#settings.isFifo ? group : undefined });
    this.#notify();
    return id;
  }

  /** Timers of messages that are with someone, after all of the clock's were taken away. */
  rearm(): void {
    for (const message of this.messages.values()) this.#arm(message);
  }

  call(operation: string, input: Readonly<Record<string, unknown>>): unknown {
    if (operation === "ReceiveMessage") return { Messages: this.#receive(Number(input["MaxNumberOfMessages"])) };
    if (operation === "DeleteMessageBatch") return this.#delete(input["Entries"] as readonly Entry[]);
    if (operation === "GetQueueAttributes") {
      return {
        Attributes: {
          VisibilityTimeout: String(this.#settings.visibilityMs / 1000),
          CreatedTimestamp: "1",
        },
      };
    }
    throw new AwsError({ code: "NotImplemented", status: 501 }, `${operation} of queues.`);
  }

  /** What a receive would give, but for its size. A group of which something is with someone gives nothing. */
  receivable(): Message[] {
    const all = [...this.messages.values()];
    const isAway = ({ visibleAt }: Message) => visibleAt > this.#clock.now();
    const blocked = new Set(all.filter(isAway).map(({ group }) => group));
    return all.filter((message) => !isAway(message) && (message.group === undefined || !blocked.has(message.group)));
  }

  #receive(most: number): unknown[] {
    const now = this.#clock.now();
    const received: Message[] = [];
    for (const message of this.receivable()) {
      if (received.length === most) break;
      if (message.receiveCount >= (this.#settings.maxReceiveCount ?? Infinity)) {
        this.messages.delete(message.id);
        this.deadLetters.set(message.id, message);
        continue;
      }
      message.receiveCount++;
      message.visibleAt = now + this.#settings.visibilityMs;
      this.#arm(message);
      received.push(message);
    }
    return received.map(answerOf);
  }

  #arm({ visibleAt }: Message): void {
    const leftMs = visibleAt - this.#clock.now();
    if (leftMs > 0) this.#clock.after(leftMs, this.#notify);
  }

  #delete(entries: readonly Entry[]): unknown {
    const Failed: unknown[] = [];
    for (const { Id, ReceiptHandle } of entries) {
      const [id = "", count] = ReceiptHandle.split("/");
      const message = this.messages.get(id);
      const isLate = message !== undefined && message.visibleAt <= this.#clock.now();
      // the handle of a FIFO queue's message lives as long as the message is hidden, others as long as nobody else has it
      if (message && (message.receiveCount !== Number(count) || (isLate && message.group !== undefined))) {
        Failed.push({
          Id,
          Code: "ReceiptHandleIsInvalid",
          SenderFault: true,
          Message: "The receipt handle has expired",
        });
      } else if (message) {
        this.messages.delete(id);
        if (message.group !== undefined) this.#notify();
      }
    }
    return { Successful: [], Failed };
  }
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

const answerOf = ({ id, group, body, sentAt, receiveCount }: Message) => ({
  MessageId: id,
  ReceiptHandle: `${id}/${receiveCount}`,
  Body: body,
  MD5OfBody: "",
  Attributes: {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: String(sentAt),
    ApproximateFirstReceiveTimestamp: String(sentAt),
    SenderId: "sender",
    ...(group !== undefined && { MessageGroupId: group }),
  },
});
