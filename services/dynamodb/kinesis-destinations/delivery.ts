import type { Call, Host } from "../../../emulator/model/context.ts";
import type { Kept, Outbox } from "./outbox.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** What no stream has taken for so long is given up. */
const PATIENCE_MS = 24 * 60 * 60 * 1000;
/** Of a record that every stream takes, its partition key included. */
const MOST_RECORD_BYTES = 1024 * 1024;

/** AWSServiceRoleForDynamoDBKinesisDataStreamsReplication, which AWS makes and keeps in every account that needs it. */
export const callAsLinkedRole = (host: Host, { account, region }: { account: string; region: string }): Call =>
  host.callAs({
    account,
    region,
    principal: {
      type: "root",
      account,
      arn: `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForDynamoDBKinesisDataStreamsReplication/dynamodb`,
      userId: "AWSServiceRoleForDynamoDBKinesisDataStreamsReplication",
    },
  });

/** Brings the changes of an outbox to their streams, each at least once, those of one item in their order. */
export class KinesisDelivery {
  readonly #host: Host;
  readonly #outbox: Outbox;
  readonly #scope: { account: string; region: string };
  readonly #running = new Map<number, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(host: Host, outbox: Outbox, scope: { account: string; region: string }) {
    this.#host = host;
    this.#outbox = outbox;
    this.#scope = scope;
  }

  /** Goes to work where something waits for a destination, once what runs now is over: a transaction, perhaps. */
  wake(space: number): void {
    if (this.#running.has(space) || this.#stopping.signal.aborted) return;
    const running = Promise.resolve().then(() => this.#drain(space));
    const watched = running.catch((error: unknown) => {
      this.#running.delete(space);
      this.#host.log.error("the delivery to a Kinesis stream has ended", { error });
    });
    this.#running.set(space, watched);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running.values());
  }

  async #drain(space: number): Promise<void> {
    const { signal } = this.#stopping;
    for (let refusals = 0; !signal.aborted;) {
      const batch = this.#outbox.next(space);
      if (batch.length === 0) {
        this.#running.delete(space); // at once: what comes from now on has to wake it
        return;
      }
      const done = await this.#send(batch);
      if (signal.aborted) return;
      this.#host.storage.write(() => this.#outbox.remove(space, done));
      if (done.length === batch.length) {
        refusals = 0;
        continue;
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** refusals++, LONGEST_PAUSE_MS);
      await this.#host.scheduler.sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** @returns the numbers of those that need no more be sent */
  async #send(batch: readonly Kept[]): Promise<number[]> {
    const sendable = batch.filter(({ outgoing }) => !this.#isTooLarge(outgoing.partitionKey, outgoing.text));
    const done = new Set(batch.filter((kept) => !sendable.includes(kept)).map(({ number }) => number));
    for (const { number, outgoing } of batch) {
      if (done.has(number)) this.#giveUp(outgoing.tableName, "it is larger than a record may be");
    }
    const [first] = sendable;
    if (first === undefined) return [...done];
    try {
      const answer = await callAsLinkedRole(this.#host, this.#scope)("kinesis", "PutRecords", {
        StreamARN: first.outgoing.streamArn,
        Records: sendable.map(({ outgoing: { partitionKey, text } }) => ({
          PartitionKey: partitionKey,
          Data: Buffer.from(text).toString("base64"),
        })),
      });
      const refused = answer.FailedRecordCount ?? 0;
      if (refused > 0) this.#count("ThrottledPutRecordCount", first.outgoing.tableName, refused);
      for (const [place, { number }] of sendable.entries()) {
        if (refused === 0 || answer.Records?.[place]?.ErrorCode === undefined) done.add(number);
      }
    } catch (error) {
      for (const { number, outgoing } of sendable) {
        if (this.#host.clock.now() - outgoing.changedAt < PATIENCE_MS) continue;
        this.#giveUp(outgoing.tableName, error);
        done.add(number);
      }
    }
    return [...done];
  }

  #isTooLarge(partitionKey: string, text: string): boolean {
    return Buffer.byteLength(partitionKey) + Buffer.byteLength(text) > MOST_RECORD_BYTES;
  }

  #giveUp(tableName: string, cause: unknown): void {
    this.#count("FailedToReplicateRecordCount", tableName, 1);
    this.#host.log.warn("a change of a table was not brought to its Kinesis stream", { tableName, cause });
  }

  #count(name: string, TableName: string, value: number): void {
    const dimensions = { TableName, DelegatedOperation: "PutRecord" };
    this.#host.metrics
      .series(this.#scope, { namespace: "AWS/DynamoDB", name, dimensions, unit: "Count" })
      .add(value, this.#host.clock.now());
  }
}
