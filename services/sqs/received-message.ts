import { unknownAttribute } from "./errors.ts";
import { md5OfAttributes, selectAttributes, writeAttributes } from "./message-attributes.ts";
import type { Queue, Received } from "./model.ts";
import { writeReceiptHandle } from "./receipt-handle.ts";

const SYSTEM_ATTRIBUTES: readonly string[] = [
  "All",
  "ApproximateFirstReceiveTimestamp",
  "ApproximateReceiveCount",
  "AWSTraceHeader",
  "DeadLetterQueueSourceArn",
  "MessageDeduplicationId",
  "MessageGroupId",
  "SenderId",
  "SentTimestamp",
  "SequenceNumber",
];

interface Asked {
  /** The older name of MessageSystemAttributeNames. */
  readonly AttributeNames?: readonly string[] | undefined;
  readonly MessageSystemAttributeNames?: readonly string[] | undefined;
  readonly MessageAttributeNames?: readonly string[] | undefined;
}

const systemNames = ({ AttributeNames = [], MessageSystemAttributeNames = [] }: Asked): readonly string[] => [
  ...AttributeNames,
  ...MessageSystemAttributeNames,
];

/** @throws InvalidAttributeName */
export function checkSystemAttributeNames(asked: Asked): void {
  const unknown = systemNames(asked).find((name) => !SYSTEM_ATTRIBUTES.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

function systemAttributes({ content, state }: Received): Record<string, string | undefined> {
  return {
    SenderId: content.senderId,
    ApproximateFirstReceiveTimestamp: String(state.firstReceivedAt),
    ApproximateReceiveCount: String(state.receives),
    SentTimestamp: String(state.sentAt),
    SequenceNumber: content.sequenceNumber,
    MessageDeduplicationId: content.deduplicationId,
    MessageGroupId: content.groupId,
    AWSTraceHeader: content.traceHeader,
    DeadLetterQueueSourceArn: content.deadLetterSourceArn,
  };
}

/** A message as its receiver is answered: the attributes only that it asks for. */
export function messageOf(queue: Queue, received: Received, asked: Asked) {
  const { content } = received;
  const names = systemNames(asked);
  const system = Object.entries(systemAttributes(received)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (names.includes("All") || names.includes(entry[0])),
  );
  const attributes = selectAttributes(content.attributes, asked.MessageAttributeNames);
  return {
    MessageId: content.messageId,
    ReceiptHandle: writeReceiptHandle(queue, received),
    MD5OfBody: content.md5,
    Body: content.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(attributes && {
      MD5OfMessageAttributes: md5OfAttributes(attributes),
      MessageAttributes: writeAttributes(attributes),
    }),
  };
}
