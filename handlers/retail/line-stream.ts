import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { type Attempt, isThrottled, refusal, untilStored } from "../until-stored.ts";
import type { InvoiceLine } from "./invoice-line.ts";

/** Where the stream keeps a row. */
export interface Accepted {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Puts rows on the stream: those of one invoice on one shard, so that they keep their order. */
export class LineStream {
  readonly #client: Pick<KinesisClient, "send">;
  readonly #name: string;

  constructor(client: Pick<KinesisClient, "send">, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /**
   * All of them: those that the stream refuses for a moment are put again alone.
   * @throws NotStored with the places of the rows that it did not take in `patienceMs`
   */
  async put(lines: readonly InvoiceLine[], patienceMs: number): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    const places = [...lines.keys()];
    await untilStored(places, (left) => this.#attempt(lines, left, accepted), { totalMs: patienceMs });
    return accepted;
  }

  async #attempt(
    lines: readonly InvoiceLine[],
    places: readonly number[],
    accepted: Accepted[],
  ): Promise<Attempt<number>> {
    const Records = places.map((place) => ({
      PartitionKey: lines[place]!.InvoiceNo,
      Data: Buffer.from(JSON.stringify(lines[place])),
    }));
    try {
      const answer = await this.#client.send(new PutRecordsCommand({ StreamName: this.#name, Records }));
      const refused: number[] = [];
      let reason: Error | undefined;
      for (const [index, place] of places.entries()) {
        const { ShardId, SequenceNumber, ErrorCode, ErrorMessage } = answer.Records?.[index] ?? {};
        if (ErrorCode === undefined && ShardId && SequenceNumber) {
          accepted[place] = { shardId: ShardId, sequenceNumber: SequenceNumber };
          continue;
        }
        refused.push(place);
        reason ??= refusal(ErrorCode, ErrorMessage);
      }
      return { refused, reason };
    } catch (error) {
      if (isThrottled(error)) return { refused: places, reason: error };
      throw error;
    }
  }
}
