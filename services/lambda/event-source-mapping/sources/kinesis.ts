import { ownerOf, type Call } from "../../../../emulator/model/context.ts";
import { cannotAccessStream } from "../errors.ts";
import { compileFilters, type Filter, parserFor } from "../filter.ts";
import type { SourceRecord } from "../model.ts";
import type { EventSource, SourceDescription } from "../source.ts";
import { ShardCursor } from "../shard-cursor.ts";
import { streamArnOf } from "../source-arn.ts";
import { type RecordForm, StreamReader } from "../stream-reader.ts";
import { KinesisPages, type KinesisRecord, listShards } from "./kinesis-pages.ts";
import { SubscriptionCursor } from "./kinesis-subscription.ts";
import { checkStream, type SourceScope, streamRules } from "./stream.ts";

const HOUR_MS = 3_600_000;

/** What a role needs to read a stream. */
const READING = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];

/** A Kinesis data stream, or a consumer of one. */
export function kinesisSource(scope: SourceScope): EventSource {
  const { host, call, mapping } = scope;
  const { eventSourceArn } = mapping;
  const streamArn = streamArnOf(eventSourceArn);
  const isConsumer = eventSourceArn !== streamArn;
  const needs = READING.map((operation) => ({ action: `kinesis:${operation}`, resource: streamArn }));
  if (isConsumer) needs.push({ action: "kinesis:SubscribeToShard", resource: eventSourceArn });
  // Lambda itself looks: AWS's own policy for roles that read streams does not allow it
  const asOwner = { principal: ownerOf(eventSourceArn.split(":")[4] ?? "") };
  const describe = async (): Promise<SourceDescription> => {
    if (isConsumer) await call("kinesis", "DescribeStreamConsumer", { ConsumerARN: eventSourceArn }, asOwner);
    const { StreamCreationTimestamp } = await summaryOf(call, streamArn);
    return { createdAt: StreamCreationTimestamp?.getTime() ?? 0 };
  };
  return {
    ...streamRules(mapping, {
      batchInfo: "KinesisBatchInfo",
      streamArn,
      instant: (atMs) => new Date(atMs).toISOString(),
      retentionMs: async () => ((await summaryOf(call, streamArn)).RetentionPeriodHours ?? 24) * HOUR_MS,
    }),
    topic: `kinesis:${streamArn}`,
    needs,
    check: () => checkStream(host, mapping, { needs, describe, refusal: () => cannotAccessStream(eventSourceArn) }),
    describe,
    listShards: () => listShards(call, streamArn),
    async latestIterator(ShardId) {
      const input = { StreamARN: streamArn, ShardId, ShardIteratorType: "LATEST" } as const;
      return (await call("kinesis", "GetShardIterator", input)).ShardIterator;
    },
    open(shardId, place) {
      const { position, iterator, arrived } = place;
      const pages = new KinesisPages(call, { streamArn, shardId });
      const cursor = isConsumer
        ? new SubscriptionCursor({ call, consumerArn: eventSourceArn, shardId, pages, arrived }, position, iterator)
        : new ShardCursor(pages, host.clock, position, iterator);
      return new StreamReader(new KinesisForm(scope, shardId), cursor, host.clock, place);
    },
  };
}

async function summaryOf(call: Call, streamArn: string) {
  const { StreamDescriptionSummary } = await call("kinesis", "DescribeStreamSummary", { StreamARN: streamArn });
  if (!StreamDescriptionSummary) throw new Error("DescribeStreamSummary answered without a summary");
  return StreamDescriptionSummary;
}

/** The records of one shard, as events have them. */
class KinesisForm implements RecordForm<KinesisRecord> {
  readonly matches: ((record: KinesisRecord) => boolean) | undefined;
  readonly #shardId: string;
  /** Members of the event's record that are the same in all of them. */
  readonly #constants: Readonly<Record<string, string>>;
  readonly #tail: string;

  constructor({ mapping }: SourceScope, shardId: string) {
    this.#shardId = shardId;
    const tail = {
      eventName: "aws:kinesis:record",
      invokeIdentityArn: mapping.role,
      awsRegion: mapping.region,
      eventSourceARN: mapping.eventSourceArn,
    };
    this.#constants = { eventSource: "aws:kinesis", eventVersion: "1.0", ...tail };
    this.#tail = `",${JSON.stringify(tail).slice(1)}`;
    const filters = compileFilters(mapping.eventSourceArn, mapping.settings.filters);
    this.matches = filters && this.#matcher(filters);
  }

  sequenceNumberOf({ SequenceNumber = "" }: KinesisRecord): string {
    return SequenceNumber;
  }

  arrivedAt({ ApproximateArrivalTimestamp }: KinesisRecord): number {
    return ApproximateArrivalTimestamp?.getTime() ?? 0;
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#services-kinesis-event-example */
  render(record: KinesisRecord, readAt: number, ordinal: number): SourceRecord {
    const { SequenceNumber: id = "", PartitionKey: partitionKey = "", Data: data = "" } = record;
    const arrivedAt = this.arrivedAt(record);
    const json =
      `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${JSON.stringify(partitionKey)},` +
      `"sequenceNumber":"${id}","data":"${String(data)}",` +
      `"approximateArrivalTimestamp":${arrivedAt / 1000}},"eventSource":"aws:kinesis","eventVersion":"1.0",` +
      `"eventID":"${this.#shardId}:${id}${this.#tail}`;
    return { id, partitionKey, arrivedAt, readAt, json, sizeBytes: Buffer.byteLength(json), ordinal };
  }

  #matcher(filters: readonly Filter[]): (record: KinesisRecord) => boolean {
    // most look at nothing but the data: nothing else is made for them
    const isOfDataAlone = filters.every(({ members }) => members.every((member) => member === "data"));
    const looksIntoData = filters.some((filter) => filter.looksIntoData);
    const parse = parserFor(filters);
    return (record) => {
      const { Data = "" } = record;
      const parsed = looksIntoData ? parsedData(String(Data), parse) : undefined;
      const data = parsed ? parsed.value : Data;
      const seen = isOfDataAlone ? { data } : this.#view(record, data);
      return filters.some((filter) => !(filter.looksIntoData && !parsed) && filter.matches(seen));
    };
  }

  /** The record as filters see it: what stands in `kinesis` stands beside it too. */
  #view(record: KinesisRecord, data: unknown): object {
    const kinesis = {
      kinesisSchemaVersion: "1.0",
      partitionKey: record.PartitionKey,
      sequenceNumber: record.SequenceNumber,
      data,
      approximateArrivalTimestamp: this.arrivedAt(record) / 1000,
    };
    const eventID = `${this.#shardId}:${record.SequenceNumber}`;
    return { ...this.#constants, ...kinesis, eventID, kinesis };
  }
}

/** @returns undefined for what is no JSON */
function parsedData(base64: string, parse: (text: string) => unknown): { readonly value: unknown } | undefined {
  try {
    return { value: parse(Buffer.from(base64, "base64").toString()) };
  } catch {
    return undefined;
  }
}
