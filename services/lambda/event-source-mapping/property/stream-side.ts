import { AwsError } from "../../../../emulator/model/errors.ts";
import { STREAM_ARN } from "../fake-aws.ts";
import type { Mapping, Settings } from "../model.ts";
import type { Answer } from "./attempt-rules.ts";
import type { Trace } from "./batch-model.ts";
import { requireSize } from "./event-size.ts";
import { forever, type Life } from "./life.ts";
import { nextTurn } from "./pace.ts";
import { LONGEST_BACKOFF_MS } from "./shard-log.ts";
import { StreamModel } from "./stream-model.ts";
import { fittingSettings, type NewRecord, type StreamScenario, type StreamStep } from "./stream-scenario.ts";
import { callTableStream, keysOf, sequenceNumbersOf, TABLE_STREAM_ARN } from "./table-stream.ts";
import { traceOf } from "./trace.ts";
import type { Seen, Side, SideCall, Surroundings } from "./side.ts";
import { MOST_STATE_BYTES, type WindowMembers } from "./window-model.ts";

const HOUR_MS = 3_600_000;
/** Of a state that is too large. */
const OVERFULL = "x".repeat(MOST_STATE_BYTES);
/** Three of them fit into an event, and a fourth does not. */
const PADDING = "x".repeat(1_300_000);
const dataOf = (isMatched: boolean, isLarge: boolean): string => (isLarge ? LARGE : SMALL)[isMatched ? 1 : 0];
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64");
const SMALL = [encoded({ isMatched: false }), encoded({ isMatched: true })] as const;
const LARGE = [encoded({ isMatched: false, PADDING }), encoded({ isMatched: true, PADDING })] as const;

/** A stream whose shards are put to, split and merged, whose reads and whose mapping's destination fail. */
export class StreamSide implements Side<StreamStep> {
  readonly deliversWhatItHas = false;
  readonly #scenario: StreamScenario;
  readonly #around: Surroundings;
  readonly #model: StreamModel;
  #failingReads: string[] = [];
  #failingWrites = 0;
  #failingCheckpoints = 0;
  #lastLostAt = -Infinity;
  #shards = 0;
  #answers = 0;

  constructor(scenario: StreamScenario, around: Surroundings) {
    this.#scenario = scenario;
    this.#around = around;
    this.#model = new StreamModel(scenario.settings, around.aws.retentionHours * HOUR_MS);
    for (let shard = 0; shard < scenario.shards; shard++) this.#addShard();
  }

  mapping(): Partial<Mapping> {
    const { startingPosition, timestampAgoMs, isTable } = this.#scenario;
    const startingPositionTimestamp = this.#now - timestampAgoMs;
    return {
      eventSourceArn: isTable ? TABLE_STREAM_ARN : STREAM_ARN,
      startingPosition,
      ...(startingPosition === "AT_TIMESTAMP" && { startingPositionTimestamp }),
    };
  }

  merge(before: Settings, changes: Partial<Settings>): Settings {
    return fittingSettings({ ...before, ...changes }, this.#scenario.isTable);
  }

  do(step: StreamStep): void {
    if (!this.#around.aws.streamExists && ["put", "split", "merge"].includes(step.kind)) return;
    switch (step.kind) {
      case "put":
        return this.#put(step.shard, step.records);
      case "split":
        return this.#reshard([this.#openShard(step.shard)], 2);
      case "merge":
        // shards of tables split only
        if (this.#scenario.isTable) return;
        return this.#reshard([...new Set([this.#openShard(step.shard), this.#openShard(step.shard + 1)])], 1);
      case "delete":
        return this.#delete();
      case "make again":
        return this.#makeAgain();
      case "reads fail":
        this.#failingReads.push(...Array<string>(step.times).fill(step.error));
        return;
      case "checkpoints fail":
        this.#failingCheckpoints += step.times;
        return;
      case "destination fails":
        this.#failingWrites += step.times;
    }
  }

  #put(pick: number, records: readonly NewRecord[]): void {
    const shardId = this.#openShard(pick);
    for (const { key, poison, isMatched, isLarge } of records) {
      const data = dataOf(isMatched, isLarge);
      const [sequenceNumber = ""] = this.#around.aws.put(shardId, [key], data);
      this.#around.function.poison(sequenceNumber, poison);
      const partitionKey = this.#scenario.isTable ? keysOf(key) : key;
      const sizeBytes = data.length;
      this.#model.put(shardId, { sequenceNumber, key: partitionKey, arrivedAt: this.#now, isMatched, sizeBytes });
      this.#notify();
      this.#around.say(
        () =>
          `put ${sequenceNumber} (${key}${isLarge ? ", large" : ""}) on ${shardId}` +
          (isMatched ? "" : ", which a filter does not let through"),
      );
    }
  }

  /** That of a table has another name when it is made again. */
  #delete(): void {
    const { aws } = this.#around;
    if (this.#scenario.isTable || !aws.streamExists || !this.#model.hasStarted) return;
    this.#model.remove();
    aws.removeStream();
  }

  #makeAgain(): void {
    const { aws } = this.#around;
    if (aws.streamExists) return;
    aws.remakeStream();
    for (let shard = 0; shard < this.#scenario.shards; shard++) this.#addShard();
  }

  #openShard(pick: number): string {
    const open = [...this.#around.aws.shards].filter(([, { isClosed }]) => !isClosed).map(([id]) => id);
    return open[pick % open.length] as string;
  }

  #reshard(parents: readonly string[], children: number): void {
    for (let child = 0; child < children; child++) this.#addShard(parents);
  }

  #addShard(parents: readonly string[] = []): void {
    const id = `shard-${this.#shards++}`;
    this.#model.addShard(id, parents);
    this.#around.aws.addShard(id, parents);
    this.#notify();
    this.#around.say(() => `${id} is there, after ${parents.join(" and ") || "none"}`);
  }

  #notify(): void {
    if (this.#scenario.isTable) this.#around.aws.host.signals.notify(`dynamodb-streams:${TABLE_STREAM_ARN}`);
  }

  async call({ service, operation, input, fake, isAsked, life }: SideCall): Promise<unknown> {
    const isTable = service === "dynamodb-streams";
    if (service !== "kinesis" && !isTable) return this.#sent(life, input);
    const kinesis = (name: string, of: Readonly<Record<string, unknown>>) => fake("kinesis", name, of);
    const call = isTable ? callTableStream(kinesis, operation, input) : kinesis(operation, input);
    const output = await call.catch((gone: unknown) => {
      this.#around.failed();
      throw gone;
    });
    const [error] = this.#failingReads;
    const isMeant = error !== "ExpiredIteratorException" || operation === "GetRecords";
    if (error === undefined || !isMeant || isAsked || life.hasEnded) return output;
    this.#failingReads.shift();
    this.#around.failed();
    this.#around.say(() => `${operation} fails: ${error}`);
    throw new AwsError({ code: error, status: 400 }, `${operation} fails.`);
  }

  async #sent(life: Life, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    await nextTurn();
    if (life.hasEnded) return forever();
    const isWritten = this.#failingWrites === 0;
    if (!isWritten) this.#failingWrites--;
    const trace: Trace = { ...traceOf(input), isWritten };
    this.#around.say(() => `destination ${isWritten ? "gets" : "refuses"} ${JSON.stringify(trace)}`);
    this.#around.guard(() => this.#model.sent(trace, this.#now));
    if (!isWritten) throw new Error("the destination does not answer");
    return {};
  }

  beforeCheckpoint(): void {
    if (this.#failingCheckpoints === 0) return;
    this.#failingCheckpoints--;
    this.#lastLostAt = this.#now;
    this.#around.failed();
    this.#around.say(() => "a checkpoint cannot be written");
    throw new Error("no space left on device");
  }

  identifiers(event: unknown): readonly string[] {
    return sequenceNumbersOf(event);
  }

  restarted(): void {
    // a stream has no timers
  }

  heal(): void {
    this.#failingReads = [];
    this.#failingWrites = 0;
    this.#failingCheckpoints = 0;
    this.#makeAgain();
  }

  get isDraining(): boolean {
    return this.#model.isDraining;
  }

  get isRunning(): boolean {
    return this.#model.isRunning;
  }

  drain({ settings, streamCreatedAt, startingPositionTimestamp: timestampMs = 0 }: Mapping): void {
    // the starting position is taken when the mapping is enabled for the first time
    const isFirst = streamCreatedAt !== undefined && !this.#model.hasStarted;
    if (isFirst) this.#model.start({ at: this.#scenario.startingPosition, timestampMs }, this.#now);
    this.#model.drain(settings);
  }

  begin(): void {
    this.#model.begin(this.#around.positions(), this.#now);
  }

  /** In tumbling windows the function hands something on, unless it answers nothing at all. */
  answerOf(answer: Answer, event: unknown): Answer {
    const isWindowed = (event as Partial<WindowMembers>).window !== undefined;
    if (!isWindowed || answer.kind !== "returned" || answer.value === undefined) return answer;
    const { overfullEvery } = this.#scenario;
    const isOverfull = ++this.#answers % overfullEvery === 0;
    const state = { answer: this.#answers, ...(isOverfull && { more: OVERFULL }) };
    return { kind: "returned", value: { ...answer.value, state } };
  }

  invoked(identifiers: readonly string[], event: unknown): (answer: Answer) => void {
    requireSize(event, identifiers);
    const members = event as Partial<WindowMembers>;
    const ended = this.#model.invoked(identifiers, this.#now, members.window && (members as WindowMembers));
    this.#model.checkpointsSeen(this.#around.positions(), this.#now, false, false);
    return (answer) => ended(answer, this.#now);
  }

  check({ isStill, isAtRest, isReading }: Seen): void {
    const isKept = isAtRest && this.#now > this.#lastLostAt + LONGEST_BACKOFF_MS;
    this.#model.checkpointsSeen(this.#around.positions(), this.#now, isKept, isReading);
    if (isStill && isReading && !this.isDraining) this.#model.requireNothingDue(this.#now);
  }

  get isThrough(): boolean {
    return this.#model.isThrough(this.#around.positions(), this.#now);
  }

  describeLeft(): string {
    return this.#model.describeLeft();
  }

  get #now(): number {
    return this.#around.pace.now;
  }
}
