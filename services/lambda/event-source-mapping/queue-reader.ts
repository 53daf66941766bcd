import type { Call } from "../../../emulator/model/context.ts";
import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Logger } from "../../../emulator/runtime/log.ts";
import type { Mapping, SourceRecord } from "./model.ts";
import { MessageRenderer } from "./queue-message.ts";
import type { Place, Reader, ReadResult } from "./source.ts";

/** What SQS answers and deletes at a time. */
const MOST_MESSAGES = 10;

export interface QueueScope {
  readonly call: Call;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mapping: Mapping;
  readonly queueUrl: string;
}

/** Receives the messages of a queue, and deletes those that need no more care. */
export class QueueReader implements Reader {
  readonly position = undefined;
  readonly latestIterator = undefined;
  /** What was received waits in a lane or is with the function: nothing is kept here. */
  readonly outstanding = 0;
  readonly oldestArrivedAt = undefined;
  readonly #of: QueueScope;
  readonly #place: Place;
  readonly #renderer: MessageRenderer;
  #ordinal = 0;

  constructor(of: QueueScope, place: Place) {
    this.#of = of;
    this.#place = place;
    this.#renderer = new MessageRenderer(of.mapping);
  }

  async read(limit: number): Promise<ReadResult> {
    const { call, clock, queueUrl } = this.#of;
    const { Messages = [] } = await call("sqs", "ReceiveMessage", {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(MOST_MESSAGES, limit),
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      WaitTimeSeconds: 0,
    });
    const records: SourceRecord[] = [];
    const filtered: string[] = [];
    for (const message of Messages) {
      const record = this.#renderer.render(message, clock.now(), this.#ordinal);
      if (!record) filtered.push(message.ReceiptHandle ?? "");
      else {
        this.#ordinal++;
        records.push(record);
      }
    }
    if (filtered.length > 0) {
      this.#place.filtered(filtered.length);
      // those that stay come again, and are filtered again
      await this.#remove(filtered).catch((error: unknown) => this.#cannotDelete({ error }));
    }
    return { records, count: Messages.length, isAtTip: Messages.length === 0, hasEnded: false };
  }

  settle(records: readonly SourceRecord[]): Promise<void> {
    return this.#remove(records.map(({ loan }) => loan?.receiptHandle ?? ""));
  }

  async #remove(receiptHandles: readonly string[]): Promise<void> {
    const { call, queueUrl } = this.#of;
    for (let index = 0; index < receiptHandles.length; index += MOST_MESSAGES) {
      const Entries = receiptHandles
        .slice(index, index + MOST_MESSAGES)
        .map((ReceiptHandle, place) => ({ Id: String(place), ReceiptHandle }));
      const { Failed = [] } = await call("sqs", "DeleteMessageBatch", { QueueUrl: queueUrl, Entries });
      this.#place.deleted(Entries.length - Failed.length);
      // a FIFO queue's message whose visibility timeout has ended: it comes again
      for (const { Code, Message } of Failed) this.#cannotDelete({ code: Code, message: Message });
    }
  }

  #cannotDelete(why: object): void {
    const { log, mapping } = this.#of;
    log.warn("event source mapping cannot delete messages", { mapping: mapping.uuid, ...why });
  }
}
