import { createHash } from "node:crypto";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { type OnceConfig, untilGone } from "../emulator-process.ts";
import type { Random } from "./random.ts";
import type { Writer } from "./writer.ts";

const STREAM = "records";
const SHARDS = 3;
const PRODUCERS = 3;

/** Producers that each number their records, so that order and completeness show in the records themselves. */
export class RecordsWriter implements Writer {
  readonly #random: Random;
  readonly #nextNumber = new Array<number>(PRODUCERS).fill(0);
  /** Record ids by "shard sequence-number", as they were acknowledged. */
  readonly #acknowledged = new Map<string, string>();
  /** The same, as they were read. */
  readonly #stored = new Map<string, string>();
  readonly #ends = new Map<string, ShardEnd>();

  constructor(random: Random) {
    this.#random = random;
  }

  async prepare(config: OnceConfig): Promise<void> {
    const kinesis = new KinesisClient(config);
    await kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: SHARDS }));
    const waiter = { client: kinesis, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.05 };
    await waitUntilStreamExists(waiter, { StreamName: STREAM });
    kinesis.destroy();
  }

  async write(config: OnceConfig): Promise<void> {
    const kinesis = new KinesisClient(config);
    await Promise.all(
      this.#nextNumber.map((_, producer) =>
        untilGone(() =>
          this.#random.next() < 0.3 ? this.#putOne(kinesis, producer) : this.#putMany(kinesis, producer),
        ),
      ),
    );
    kinesis.destroy();
  }

  async #putOne(kinesis: KinesisClient, producer: number): Promise<void> {
    const id = this.#nextId(producer);
    const { ShardId, SequenceNumber } = await kinesis.send(
      new PutRecordCommand({ StreamName: STREAM, PartitionKey: keyOf(id), Data: Buffer.from(textOf(id)) }),
    );
    this.#acknowledged.set(`${ShardId} ${SequenceNumber}`, id);
  }

  async #putMany(kinesis: KinesisClient, producer: number): Promise<void> {
    const ids = Array.from({ length: this.#random.between(1, 60) }, () => this.#nextId(producer));
    const { Records = [] } = await kinesis.send(
      new PutRecordsCommand({
        StreamName: STREAM,
        Records: ids.map((id) => ({ PartitionKey: keyOf(id), Data: Buffer.from(textOf(id)) })),
      }),
    );
    for (const [index, { ShardId, SequenceNumber }] of Records.entries()) {
      // an entry that failed has no sequence number, and must not be found
      if (SequenceNumber !== undefined) this.#acknowledged.set(`${ShardId} ${SequenceNumber}`, ids[index]!);
    }
  }

  #nextId(producer: number): string {
    return `${producer}/${this.#nextNumber[producer]!++}`;
  }

  /** Reads on from where the last check ended. */
  async check(config: OnceConfig): Promise<void> {
    await this.#read(config, this.#ends, this.#stored);
    for (const [place, id] of this.#acknowledged) expect(`${place} ${this.#stored.get(place)}`).toBe(`${place} ${id}`);
  }

  /** Reads the whole stream again: what was there at any check is there now. */
  async checkWhole(config: OnceConfig): Promise<void> {
    const stored = new Map<string, string>();
    await this.#read(config, new Map(), stored);
    expect(stored).toEqual(this.#stored);
  }

  async #read(config: OnceConfig, ends: Map<string, ShardEnd>, stored: Map<string, string>): Promise<void> {
    const kinesis = new KinesisClient(config);
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: STREAM }));
    expect(Shards).toHaveLength(SHARDS);
    for (const { ShardId = "" } of Shards) {
      const end = ends.get(ShardId) ?? new ShardEnd();
      ends.set(ShardId, end);
      for await (const { SequenceNumber = "", PartitionKey, Data } of recordsAfter(kinesis, ShardId, end)) {
        const text = Buffer.from(Data ?? []).toString();
        const id = text.split(" ", 1)[0]!;
        expect({ PartitionKey, text }).toEqual({ PartitionKey: keyOf(id), text: textOf(id) });
        end.moveTo(SequenceNumber, id);
        stored.set(`${ShardId} ${SequenceNumber}`, id);
      }
    }
    kinesis.destroy();
  }

  acknowledged(): Readonly<Record<string, number>> {
    return { records: this.#acknowledged.size };
  }
}

/** How far a shard was read. */
class ShardEnd {
  sequenceNumber: string | undefined;
  readonly #lastNumber = new Array<number>(PRODUCERS).fill(-1);

  /** Fails unless the sequence number rises, and with it the numbers of the record's producer. */
  moveTo(sequenceNumber: string, id: string): void {
    expect(BigInt(sequenceNumber)).toBeGreaterThan(BigInt(this.sequenceNumber ?? 0));
    this.sequenceNumber = sequenceNumber;
    const [producer = 0, number = 0] = id.split("/").map(Number);
    expect(number).toBeGreaterThan(this.#lastNumber[producer]!);
    this.#lastNumber[producer] = number;
  }
}

async function* recordsAfter(kinesis: KinesisClient, ShardId: string, { sequenceNumber }: ShardEnd) {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: STREAM,
      ShardId,
      ShardIteratorType: sequenceNumber === undefined ? "TRIM_HORIZON" : "AFTER_SEQUENCE_NUMBER",
      StartingSequenceNumber: sequenceNumber,
    }),
  );
  let next = ShardIterator;
  let isBehind = true;
  while (isBehind) {
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: next }));
    yield* answer.Records ?? [];
    next = answer.NextShardIterator;
    isBehind = (answer.MillisBehindLatest ?? 0) > 0;
  }
}

const keyOf = (id: string) => `key-${hashOf(id).slice(0, 6)}`;

/** The id and filling of 0 to 2,500 characters that follows from it. */
const textOf = (id: string) => `${id} ${hashOf(id).repeat(Number.parseInt(hashOf(id).slice(0, 8), 16) % 40)}`;

const hashOf = (id: string) => createHash("sha256").update(id).digest("hex");
