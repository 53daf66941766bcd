import type { Call } from "../../../emulator/model/context.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { cutBatch, MAXIMUM_PAYLOAD_BYTES } from "./batcher.ts";
import { backoffMs } from "./delivery.ts";
import type { Mapping } from "./model.ts";
import type { RunnerScope } from "./mapping-runner.ts";
import { MessageRenderer, type QueueMessage } from "./queue-message.ts";
import { urlOfQueue } from "./queue.ts";
import { eventOf } from "./record.ts";
import { failedMessageIds } from "./response.ts";
import { callAsRole } from "./role.ts";

/** What SQS answers and deletes at a time. */
const MOST_MESSAGES = 10;
/** Batches that are with the function at a time, where the mapping does not say. */
const DEFAULT_CONCURRENCY = 5;

/**
 * Runs one mapping of a queue: receives, gathers batches, has them run, and deletes what the function is done with. What it
 * fails with comes back when its visibility timeout ends, or goes to the queue's own dead-letter queue. The order of a FIFO
 * queue's groups is kept by SQS: it gives nothing of a group of which something is with the function.
 */
export class QueueRunner {
  readonly #scope: RunnerScope;
  readonly #mapping: Mapping;
  readonly #call: Call;
  readonly #renderer: MessageRenderer;
  readonly #queueUrl: string;
  readonly #unlisten: () => void;
  readonly #underWay = new Set<Promise<void>>();
  readonly #pending: QueueMessage[] = [];
  #pendingBytes = 0;
  #batches = 0;
  #isReading = false;
  #isScheduled = false;
  #isDraining = false;
  /** Counts what says that there may be messages; `#seen` is its value when the last receive began that found none. */
  #wakes = 1;
  #seen = 0;
  #failures = 0;
  #retry: Timer | undefined;
  #window: Timer | undefined;

  constructor(scope: RunnerScope, mapping: Mapping) {
    this.#scope = scope;
    this.#mapping = mapping;
    this.#call = callAsRole(scope.host, mapping);
    this.#renderer = new MessageRenderer(mapping);
    this.#queueUrl = urlOfQueue(scope.host, mapping.eventSourceArn);
    this.#unlisten = scope.host.signals.listen(`sqs:${mapping.eventSourceArn}`, () => {
      this.#wakes++;
      this.#schedule();
    });
    this.#schedule();
  }

  /** Ends reading. What was received goes to the function and is waited for, unless the emulator stops. */
  async drain(): Promise<ReadonlyMap<string, string>> {
    this.#isDraining = true;
    this.#unlisten();
    this.#retry?.cancel();
    this.#window?.cancel();
    this.#schedule();
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    return new Map();
  }

  get #concurrency(): number {
    return this.#mapping.settings.maximumConcurrency ?? DEFAULT_CONCURRENCY;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#step();
    });
  }

  #step(): void {
    if (this.#scope.stopping.aborted) return;
    this.#window?.cancel();
    this.#serve();
    const isHungry = this.#pending.length < this.#mapping.settings.batchSize && this.#batches < this.#concurrency;
    const isSmall = this.#pendingBytes < MAXIMUM_PAYLOAD_BYTES;
    const mayRead = !this.#isDraining && !this.#isReading && !this.#retry && this.#seen < this.#wakes;
    if (mayRead && isHungry && isSmall) this.#track(this.#read());
  }

  /** Sends batches that are due; the window of one that is not sets the timer. */
  #serve(): void {
    const { host } = this.#scope;
    for (;;) {
      if (this.#batches >= this.#concurrency && !this.#isDraining) return;
      const waiting = { records: this.#pending, sizeBytes: this.#pendingBytes };
      const cut = cutBatch(waiting, this.#mapping.settings, host.clock.now(), this.#isDraining);
      if (cut.kind === "idle") return;
      if (cut.kind === "wait") {
        this.#window = host.scheduler.after(cut.untilMs - host.clock.now(), () => this.#schedule());
        return;
      }
      const batch = this.#pending.splice(0, cut.count);
      for (const message of batch) this.#pendingBytes -= message.sizeBytes;
      this.#batches++;
      this.#track(
        this.#deliver(batch).finally(() => {
          this.#batches--;
          this.#schedule();
        }),
      );
    }
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const wakes = this.#wakes;
    try {
      const { Messages = [] } = await this.#call("sqs", "ReceiveMessage", {
        QueueUrl: this.#queueUrl,
        MaxNumberOfMessages: Math.min(MOST_MESSAGES, this.#mapping.settings.batchSize - this.#pending.length),
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
        WaitTimeSeconds: 0,
      });
      this.#failures = 0;
      if (Messages.length === 0) this.#seen = wakes;
      const filtered: string[] = [];
      for (const message of Messages) {
        const rendered = this.#renderer.render(message, this.#scope.host.clock.now());
        if (rendered) {
          this.#pending.push(rendered);
          this.#pendingBytes += rendered.sizeBytes;
        } else filtered.push(message.ReceiptHandle ?? "");
      }
      await this.#remove(filtered);
    } catch (error) {
      this.#pause("event source mapping cannot read its queue", error);
    } finally {
      this.#isReading = false;
      this.#schedule();
    }
  }

  async #deliver(batch: readonly QueueMessage[]): Promise<void> {
    const failed = await this.#run(batch);
    if (this.#scope.stopping.aborted) return;
    await this.#remove(batch.filter(({ messageId }) => !failed.has(messageId)).map((message) => message.receiptHandle));
  }

  /** @returns the ids of the messages that the function is not done with */
  async #run(batch: readonly QueueMessage[]): Promise<ReadonlySet<string>> {
    const { invoker, stopping } = this.#scope;
    const { account, region, functionArn, settings } = this.#mapping;
    const ids = batch.map(({ messageId }) => messageId);
    const [functionName = "", qualifier] = functionArn.split(":").slice(6);
    try {
      const { functionError, payload } = await invoker.invoke({
        account,
        region,
        functionName,
        ...(qualifier !== undefined && { qualifier }),
        payload: eventOf(batch),
        signal: stopping,
      });
      if (functionError !== undefined) return new Set(ids);
      if (!settings.reportBatchItemFailures) return new Set();
      return failedMessageIds(typeof payload === "string" ? payload : Buffer.from(payload).toString(), ids);
    } catch (error) {
      this.#pause("event source mapping cannot invoke its function", error);
      return new Set(ids);
    }
  }

  async #remove(receiptHandles: readonly string[]): Promise<void> {
    for (let index = 0; index < receiptHandles.length; index += MOST_MESSAGES) {
      const Entries = receiptHandles
        .slice(index, index + MOST_MESSAGES)
        .map((ReceiptHandle, place) => ({ Id: String(place), ReceiptHandle }));
      const { Failed = [] } = await this.#call("sqs", "DeleteMessageBatch", { QueueUrl: this.#queueUrl, Entries });
      // a FIFO queue's message whose visibility timeout has ended: it comes again
      for (const { Code, Message } of Failed) {
        this.#scope.host.log.warn("event source mapping cannot delete a message", { code: Code, message: Message });
      }
    }
  }

  /** Stops reading for a while, longer each time: what was received comes back by itself. */
  #pause(what: string, error: unknown): void {
    if (this.#scope.stopping.aborted) return;
    this.#scope.host.log.warn(what, { mapping: this.#mapping.uuid, error });
    if (this.#retry || this.#isDraining) return;
    this.#retry = this.#scope.host.scheduler.after(backoffMs(++this.#failures), () => {
      this.#retry = undefined;
      this.#wakes++;
      this.#schedule();
    });
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#scope.host.log.error("event source mapping failed", { error }))
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}
