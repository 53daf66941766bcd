import { setTimeout as delay } from "node:timers/promises";
import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import type { InvoiceLine } from "./invoice-line.ts";

/** Where the stream keeps a row. */
export interface Accepted {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

const ATTEMPTS = 6;
const BACKOFF_BASE_MS = 50;

/** Puts rows on the stream: those of one invoice on one shard, so that they keep their order. */
export class LineStream {
  readonly #client: Pick<KinesisClient, "send">;
  readonly #name: string;

  constructor(client: Pick<KinesisClient, "send">, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** All of them, or it throws; those that the stream refused for a moment are put again alone. */
  async put(lines: readonly InvoiceLine[]): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    let left = lines.map((_, index) => index);
    for (let attempt = 1; ; attempt++) {
      const { Records = [] } = await this.#client.send(
        new PutRecordsCommand({
          StreamName: this.#name,
          Records: left.map((index) => ({
            PartitionKey: lines[index]!.InvoiceNo,
            Data: Buffer.from(JSON.stringify(lines[index])),
          })),
        }),
      );
      const refused: number[] = [];
      for (const [place, index] of left.entries()) {
        const { ShardId, SequenceNumber, ErrorCode } = Records[place] ?? {};
        if (ErrorCode !== undefined || !ShardId || !SequenceNumber) refused.push(index);
        else accepted[index] = { shardId: ShardId, sequenceNumber: SequenceNumber };
      }
      if (refused.length === 0) return accepted;
      if (attempt === ATTEMPTS) throw new Error(`the stream refused ${refused.length} rows ${ATTEMPTS} times`);
      left = refused;
      await delay(Math.random() * BACKOFF_BASE_MS * 2 ** attempt);
    }
  }
}
