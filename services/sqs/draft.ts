import { createHash } from "node:crypto";
import type { Context } from "../../emulator/model/context.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { invalidContents, invalidParameter, invalidValue, messageTooLong, missingParameter } from "./errors.ts";
import { attributeBytes, hasValidCharacters, md5OfAttributes, readAttributes } from "./message-attributes.ts";
import type { Draft } from "./message-store.ts";
import { isFifo, milliseconds } from "./model.ts";
import type { AttributeValues, Queue } from "./model.ts";
import type { Sent } from "./tables.ts";

const MOST_DELAY_SECONDS = 900;
const FIFO_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
const WRONG_QUEUE_TYPE = "The request include parameter that is not valid for this queue type.";

/** What a message is sent with, by SendMessage and by each entry of a batch. */
export type Entry = Omit<InputOf<"sqs", "SendMessage">, "QueueUrl">;

const hash = (algorithm: "md5" | "sha256", text: string): string => createHash(algorithm).update(text).digest("hex");

/** Bytes that count for the limit of a batch; what is wrong with an entry is that entry's affair. */
export const entryBytes = (entry: Entry): number =>
  Buffer.byteLength(entry.MessageBody ?? "") + attributeBytes(unchecked(entry.MessageAttributes ?? {}));

const unchecked = (attributes: NonNullable<Entry["MessageAttributes"]>): AttributeValues =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType: dataType, StringValue: text, BinaryValue: binary }]) => [
      name,
      { dataType, ...(text !== undefined && { text }), ...(binary && { binary }) },
    ]),
  );

/**
 * Checks what a client sends.
 * @throws InvalidParameterValue, MissingParameter, InvalidMessageContents
 */
export function draftOf(ctx: Pick<Context, "ids" | "principal">, queue: Queue, entry: Entry): Draft {
  const body = entry.MessageBody;
  if (!body) throw missingParameter("MessageBody");
  const attributes = readAttributes(entry.MessageAttributes);
  const limitBytes = Number(queue.attributes.MaximumMessageSize);
  if (Buffer.byteLength(body) + attributeBytes(attributes) > limitBytes) throw messageTooLong(limitBytes);
  if (!hasValidCharacters(body)) throw invalidContents();
  const traceHeader = traceHeaderOf(entry);
  const delayMs = delayOf(queue, entry);
  const ids = isFifo(queue) ? fifoIds(queue, entry, body) : standardIds(entry);
  return {
    content: {
      messageId: ctx.ids.uuid(),
      body,
      md5: hash("md5", body),
      ...(attributes && { attributes }),
      ...(traceHeader !== undefined && { traceHeader }),
      senderId: ctx.principal.type === "root" ? ctx.principal.account : ctx.principal.userId,
      ...ids,
    },
    delayMs,
  };
}

function delayOf(queue: Queue, { DelaySeconds }: Entry): number {
  if (DelaySeconds === undefined) return milliseconds(queue, "DelaySeconds");
  if (DelaySeconds < 0 || DelaySeconds > MOST_DELAY_SECONDS) {
    throw invalidValue(DelaySeconds, "DelaySeconds", `DelaySeconds must be >= 0 and <= ${MOST_DELAY_SECONDS}.`);
  }
  if (!isFifo(queue)) return DelaySeconds * 1000;
  if (DelaySeconds > 0) throw invalidValue(DelaySeconds, "DelaySeconds", WRONG_QUEUE_TYPE);
  return milliseconds(queue, "DelaySeconds");
}

function checkId(parameter: "MessageGroupId" | "MessageDeduplicationId", id: string | undefined): void {
  if (id === undefined || FIFO_ID.test(id)) return;
  throw invalidValue(
    id,
    parameter,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function fifoIds(queue: Queue, { MessageGroupId, MessageDeduplicationId }: Entry, body: string) {
  if (MessageGroupId === undefined) throw missingParameter("MessageGroupId");
  checkId("MessageGroupId", MessageGroupId);
  checkId("MessageDeduplicationId", MessageDeduplicationId);
  const byContent = queue.attributes.ContentBasedDeduplication === "true" ? hash("sha256", body) : undefined;
  const deduplicationId = MessageDeduplicationId ?? byContent;
  if (deduplicationId === undefined) {
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId: MessageGroupId, deduplicationId };
}

/** A standard queue takes a group for fair sharing; it does not order by it. */
function standardIds({ MessageGroupId, MessageDeduplicationId }: Entry) {
  if (MessageDeduplicationId !== undefined) {
    throw invalidValue(MessageDeduplicationId, "MessageDeduplicationId", WRONG_QUEUE_TYPE);
  }
  checkId("MessageGroupId", MessageGroupId);
  return MessageGroupId === undefined ? {} : { groupId: MessageGroupId };
}

function traceHeaderOf({ MessageSystemAttributes }: Entry): string | undefined {
  const given = readAttributes(MessageSystemAttributes);
  for (const [name, { dataType }] of Object.entries(given ?? {})) {
    if (name !== "AWSTraceHeader") throw invalidParameter(`Message (system) attribute '${name}' is not supported.`);
    if (dataType !== "String") throw invalidParameter(`Message (system) attribute '${name}' must be of type 'String'.`);
  }
  return given?.["AWSTraceHeader"]?.text;
}

/** What the sender is answered, with the digests by which it checks what arrived. */
export const sentResult = ({ content }: Draft, { messageId, sequenceNumber }: Sent) => ({
  MD5OfMessageBody: content.md5,
  ...(content.attributes && { MD5OfMessageAttributes: md5OfAttributes(content.attributes) }),
  ...(content.traceHeader !== undefined && {
    MD5OfMessageSystemAttributes: md5OfAttributes({
      AWSTraceHeader: { dataType: "String", text: content.traceHeader },
    }),
  }),
  MessageId: messageId,
  ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
});
