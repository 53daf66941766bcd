import { AwsError } from "../../../../emulator/model/errors.ts";
import { ACCOUNT, REGION } from "../fake-aws.ts";
import type { Mapping, Settings } from "../model.ts";
import type { Answer } from "./attempt-rules.ts";
import { FakeQueue } from "./fake-queue.ts";
import { forever } from "./life.ts";
import { nextTurn } from "./pace.ts";
import { QueueModel } from "./queue-model.ts";
import type { QueueScenario, QueueStep } from "./queue-scenario.ts";
import { requireSize } from "./event-size.ts";
import type { Seen, Side, SideCall, Surroundings } from "./side.ts";

/** Of a message as large as SQS takes it, nearly. */
const PADDING = "x".repeat(1_040_000);

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string }[];
}

/** A queue that messages are sent to, whose receives and deletes fail. */
export class QueueSide implements Side<QueueStep> {
  readonly deliversWhatItHas = true;
  readonly #scenario: QueueScenario;
  readonly #around: Surroundings;
  readonly #arn: string;
  readonly #queue: FakeQueue;
  readonly #model: QueueModel;
  #failingReceives = 0;
  #failingDeletes = 0;

  constructor(scenario: QueueScenario, around: Surroundings) {
    this.#scenario = scenario;
    this.#around = around;
    this.#arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:numbers${scenario.queue.isFifo ? ".fifo" : ""}`;
    const notify = () => around.aws.host.signals.notify(`sqs:${this.#arn}`);
    this.#queue = new FakeQueue(scenario.queue, around.aws.clock, notify);
    this.#model = new QueueModel(scenario.settings);
  }

  mapping(): Partial<Mapping> {
    return { eventSourceArn: this.#arn };
  }

  merge(before: Settings, changes: Partial<Settings>): Settings {
    return { ...before, ...changes };
  }

  do(step: QueueStep): void {
    if (step.kind === "receives fail") this.#failingReceives += step.times;
    else if (step.kind === "deletes fail") this.#failingDeletes += step.times;
    else if (step.kind === "send") {
      for (const { group, poison, isMatched, isLarge } of step.messages) {
        const isWanted = isMatched || this.#scenario.settings.filters === undefined;
        const id = this.#queue.send(JSON.stringify({ isMatched, ...(isLarge && { more: PADDING }) }), group);
        this.#around.function.poison(id, poison);
        this.#model.sent(id, this.#queue.messages.get(id)?.group, isWanted);
        this.#around.say(() => `sent ${id} (${group})${isWanted ? "" : ", which no filter lets through"}`);
      }
    }
  }

  async call({ operation, input, isAsked, life }: SideCall): Promise<unknown> {
    await nextTurn();
    if (life.hasEnded) return forever();
    if (!isAsked && this.#fails(operation)) {
      this.#around.failed();
      this.#around.say(() => `${operation} fails`);
      throw new AwsError({ code: "InternalFailure", status: 500 }, `${operation} fails.`);
    }
    const deadBefore = this.#queue.deadLetters.size;
    const output = this.#queue.call(operation, input) as { Messages?: { MessageId: string }[] };
    if (this.#queue.deadLetters.size > deadBefore)
      for (const id of this.#queue.deadLetters.keys()) this.#model.dead(id);
    if (output.Messages?.length) this.#received(output.Messages.map(({ MessageId }) => MessageId));
    if (operation === "DeleteMessageBatch") this.#around.guard(() => this.#deleted(input));
    return output;
  }

  #fails(operation: string): boolean {
    if (operation === "ReceiveMessage" && this.#failingReceives > 0) return this.#failingReceives-- > 0;
    return operation === "DeleteMessageBatch" && this.#failingDeletes > 0 && this.#failingDeletes-- > 0;
  }

  #received(ids: readonly string[]): void {
    this.#around.say(() => `received ${ids.join(" ")}`);
    this.#model.received(ids, this.#around.pace.now, this.#scenario.queue.visibilityMs);
  }

  #deleted(input: Readonly<Record<string, unknown>>): void {
    const entries = input["Entries"] as readonly { readonly ReceiptHandle: string }[];
    const ids = entries.map(({ ReceiptHandle }) => ReceiptHandle.split("/")[0] ?? "");
    this.#around.say(() => `deleted ${ids.join(" ")}`);
    for (const id of ids) if (!this.#queue.messages.has(id)) this.#model.deleted(id);
  }

  beforeCheckpoint(): void {
    // there is nothing to write but that reading has begun
  }

  identifiers(event: unknown): readonly string[] {
    return (event as QueueEvent).Records.map(({ messageId }) => messageId);
  }

  restarted(): void {
    this.#queue.rearm();
  }

  heal(): void {
    this.#failingReceives = 0;
    this.#failingDeletes = 0;
  }

  get isDraining(): boolean {
    return this.#model.isDraining;
  }

  get isRunning(): boolean {
    return this.#model.isRunning;
  }

  drain({ settings }: Mapping): void {
    this.#model.drain(settings);
  }

  begin(): void {
    this.#model.begin();
  }

  answerOf(answer: Answer): Answer {
    return answer;
  }

  invoked(identifiers: readonly string[], event: unknown): (answer: Answer) => void {
    const { pace } = this.#around;
    requireSize(event, identifiers);
    const ended = this.#model.invoked(identifiers, pace.now);
    return (answer) => ended(answer, pace.now);
  }

  check({ isStill, isReading }: Seen): void {
    if (!isStill || !isReading) return;
    this.#model.requireDeleted();
    if (!this.isDraining) this.#model.requireNothingDue(this.#queue.receivable().map(({ id }) => id));
  }

  get isThrough(): boolean {
    return this.#model.isThrough;
  }

  describeLeft(): string {
    return this.#model.describeLeft();
  }
}
