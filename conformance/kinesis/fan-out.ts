import {
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
  type KinesisClient,
  type SubscribeToShardCommandInput,
  type SubscribeToShardEvent,
} from "@aws-sdk/client-kinesis";
import { cbor } from "@smithy/core/cbor";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { arnOf, text } from "./support.ts";

export const SHARD = "shardId-000000000000";

type Start = SubscribeToShardCommandInput["StartingPosition"];

/** Registers a consumer. @returns its ARN */
export async function register(kinesis: KinesisClient, stream: string, name = "consumer"): Promise<string> {
  const answer = await kinesis.send(
    new RegisterStreamConsumerCommand({ StreamARN: arnOf(stream), ConsumerName: name }),
  );
  return answer.Consumer?.ConsumerARN as string;
}

/** A subscription as its reader sees it: event by event. */
export class Subscription {
  readonly #events: AsyncIterator<{ SubscribeToShardEvent?: SubscribeToShardEvent }>;

  constructor(events: AsyncIterable<{ SubscribeToShardEvent?: SubscribeToShardEvent }>) {
    this.#events = events[Symbol.asyncIterator]();
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<SubscribeToShardEvent | undefined> {
    const { done, value } = await this.#events.next();
    return done === true ? undefined : value.SubscribeToShardEvent;
  }

  /** The texts of the next `count` records, in however many events. */
  async texts(count: number): Promise<string[]> {
    const found: string[] = [];
    while (found.length < count) {
      const event = await this.next();
      if (!event) throw new Error(`the stream is over after ${found.length} of ${count} records`);
      found.push(...(event.Records ?? []).map(({ Data }) => text(Data)));
    }
    return found;
  }

  /** All events up to the end of the stream. */
  async rest(): Promise<SubscribeToShardEvent[]> {
    const events: SubscribeToShardEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }
}

export async function subscribe(
  kinesis: KinesisClient,
  ConsumerARN: string,
  start: Start | NonNullable<Start>["Type"] = "TRIM_HORIZON",
  ShardId = SHARD,
): Promise<Subscription> {
  const StartingPosition = typeof start === "string" ? { Type: start } : start;
  const { EventStream } = await kinesis.send(new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition }));
  if (!EventStream) throw new Error("no event stream");
  return new Subscription(EventStream);
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (from) => Buffer.from(from),
);

export interface Frame {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The messages of an event stream as they come over the wire, checked and parsed. */
export async function* framesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let pending = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= pending.readUInt32BE(0)) {
      const length = pending.readUInt32BE(0);
      const { headers, body } = codec.decode(Uint8Array.from(pending.subarray(0, length)));
      pending = pending.subarray(length);
      const values = Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));
      yield { headers: values, body: parsed(String(values[":content-type"]), body) };
    }
  }
  if (pending.length > 0) throw new Error("the stream ended within a message");
}

function parsed(type: string, body: Uint8Array): unknown {
  if (type.includes("cbor")) return cbor.deserialize(body);
  return type.includes("json") ? JSON.parse(Buffer.from(body).toString()) : Buffer.from(body).toString();
}
