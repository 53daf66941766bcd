import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { JsonNumber } from "../../../emulator/event-pattern/json-number.ts";
import type { OutputOf } from "../../../emulator/model/sdk.ts";
import { compileFilters, type Filter, parserFor } from "./filter.ts";
import type { Mapping, SourceRecord } from "./model.ts";

type Message = NonNullable<OutputOf<"sqs", "ReceiveMessage">["Messages"]>[number];

/** In the order in which Lambda's events have them. */
const ATTRIBUTES = [
  "ApproximateReceiveCount",
  "AWSTraceHeader",
  "SentTimestamp",
  "SequenceNumber",
  "MessageGroupId",
  "SenderId",
  "MessageDeduplicationId",
  "DeadLetterQueueSourceArn",
  "ApproximateFirstReceiveTimestamp",
] as const;

/**
 * Renders messages of one queue as elements of the event, and says which of them the function is to see.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export class MessageRenderer {
  readonly #source: Pick<Mapping, "eventSourceArn" | "region">;
  readonly #filters: readonly Filter[] | undefined;
  readonly #parse: (text: string) => unknown;

  constructor({ eventSourceArn, region, settings }: Mapping) {
    this.#source = { eventSourceArn, region };
    this.#filters = compileFilters(eventSourceArn, settings.filters);
    this.#parse = parserFor(this.#filters ?? []);
  }

  /** @returns undefined for a message that no filter lets through */
  render(message: Message, readAt: number, ordinal: number): SourceRecord | undefined {
    const record = this.#recordOf(message);
    if (this.#filters && !this.#matches(record)) return undefined;
    const json = JSON.stringify(record);
    const { Attributes = {} } = message;
    return {
      id: record.messageId,
      partitionKey: Attributes["MessageGroupId"] ?? "",
      arrivedAt: Number(Attributes["SentTimestamp"]),
      readAt,
      json,
      sizeBytes: Buffer.byteLength(json),
      ordinal,
      loan: { receiptHandle: record.receiptHandle, since: readAt },
    };
  }

  #recordOf(message: Message) {
    const { eventSourceArn, region } = this.#source;
    const { Attributes = {}, MessageAttributes = {} } = message;
    const attributes = ATTRIBUTES.filter((name) => Attributes[name] !== undefined);
    return {
      messageId: message.MessageId ?? "",
      receiptHandle: message.ReceiptHandle ?? "",
      body: typeof message.Body === "string" ? message.Body : "",
      attributes: Object.fromEntries(attributes.map((name) => [name, Attributes[name]])),
      messageAttributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, value]) => [name, attributeOf(value)]),
      ),
      ...(message.MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      md5OfBody: message.MD5OfBody ?? "",
      eventSource: "aws:sqs",
      eventSourceARN: eventSourceArn,
      awsRegion: region,
    };
  }

  /** A pattern for an object looks into a body that is JSON; a pattern for text, at a body that is not. */
  #matches(record: { readonly body: string }): boolean {
    const seen = { ...record, body: this.#bodyOf(record.body) };
    return this.#filters?.some(({ matches }) => matches(seen)) === true;
  }

  #bodyOf(body: string): unknown {
    try {
      const value = this.#parse(body);
      return typeof value === "object" && !(value instanceof JsonNumber) ? value : body;
    } catch {
      return body;
    }
  }
}

const attributeOf = ({ DataType, StringValue, BinaryValue }: MessageAttributeValue) => ({
  ...(StringValue !== undefined && { stringValue: StringValue }),
  ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});
