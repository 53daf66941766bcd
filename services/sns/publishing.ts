import { createHash } from "node:crypto";
import { isFifo } from "./arn.ts";
import { invalidParameter, keyRefused } from "./errors.ts";
import { rejection } from "./filter-policy/match.ts";
import type { SnsContext } from "./index.ts";
import { bodyFor } from "./delivery/notification.ts";
import { attributesBytes, type GivenAttribute, readAttributes } from "./message-attributes.ts";
import { recordMetric } from "./metrics.ts";
import type { Message, Subscription, Topic } from "./model.ts";
import { scopeOf } from "./subscription-attributes.ts";
import { AWS_KEY } from "./topic-attributes.ts";

/** What Publish and each entry of PublishBatch give. */
export interface Draft {
  readonly Message: string;
  readonly Subject?: string;
  readonly MessageStructure?: string;
  readonly MessageAttributes?: Readonly<Record<string, GivenAttribute>>;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/** A draft that was found good. */
export interface Checked {
  readonly message: Pick<Message, "body" | "attributes" | "subject" | "groupId" | "deduplicationId">;
  /** What counts towards the limits. */
  readonly bytes: number;
}

/** A service cannot encrypt with the key that AWS manages for SNS. @throws KMSAccessDenied */
export function requireKey({ authorization, principal }: SnsContext, topic: Topic): void {
  if (!authorization.enforced || principal.type !== "service" || topic.attributes.KmsMasterKeyId !== AWS_KEY) return;
  throw keyRefused(
    `${SERVICE_NAMES[principal.service] ?? principal.service} does not have authorization to access the SNS topic encryption key.`,
  );
}

/** How services call themselves in what they note. */
const SERVICE_NAMES: Readonly<Record<string, string>> = { "cloudwatch.amazonaws.com": "CloudWatch Alarms" };

export const LARGEST_BYTES = 262_144;
const DEDUPLICATION_MS = 5 * 60 * 1000;
const FIRST_SEQUENCE_NUMBER = 10_000_000_000_000_000_000n;
const SEQUENCE_STEP = 1_000n;
/** Printable ASCII of which the first is no space, no line breaks. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;
const FIFO_ID = /^[!-~]{1,128}$/;

/** @throws InvalidParameter, ParameterValueInvalid */
export function checkDraft(topic: Topic, draft: Draft): Checked {
  const { Message: text, Subject: subject, MessageStructure: structure } = draft;
  if (subject !== undefined && !SUBJECT.test(subject)) throw invalidParameter("Subject");
  if (text === "") throw invalidParameter("Empty message");
  const attributes = readAttributes(draft.MessageAttributes ?? {});
  const bytes = Buffer.byteLength(text) + attributesBytes(attributes);
  if (bytes > LARGEST_BYTES) throw invalidParameter("Message too long");
  if (structure !== undefined && structure !== "json") throw invalidParameter("MessageStructure");
  return {
    message: {
      body: structure === "json" ? bodies(text) : text,
      attributes,
      ...(subject !== undefined && { subject }),
      ...fifoMembers(topic, draft),
    },
    bytes,
  };
}

/** The text of each protocol of a message with structure json; members that are no text are ignored, as SNS does. */
function bodies(text: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  const members = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  const texts = Object.fromEntries(
    members.filter((member): member is [string, string] => typeof member[1] === "string"),
  );
  if (texts.default === undefined) {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  return texts;
}

function fifoMembers({ arn, attributes }: Topic, draft: Draft): Pick<Message, "groupId" | "deduplicationId"> {
  const { MessageGroupId: groupId, MessageDeduplicationId: given, Message: text } = draft;
  if (groupId !== undefined && !FIFO_ID.test(groupId)) throw invalidParameter("MessageGroupId");
  if (given !== undefined && !FIFO_ID.test(given)) throw invalidParameter("MessageDeduplicationId");
  if (!isFifo(arn)) {
    if (given !== undefined) {
      throw invalidParameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      );
    }
    return { ...(groupId !== undefined && { groupId }) };
  }
  if (groupId === undefined) throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
  const isByContent = attributes.ContentBasedDeduplication === "true";
  const deduplicationId = given ?? (isByContent ? createHash("sha256").update(text).digest("hex") : undefined);
  if (deduplicationId === undefined) {
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, deduplicationId };
}

export interface Published {
  readonly MessageId: string;
  readonly SequenceNumber?: string;
}

/** Takes messages: when this returns they are kept, with a delivery for each subscription whose filter lets them pass. */
export function publishAll(ctx: SnsContext, topicArn: string, checked: readonly Checked[]): Published[] {
  const subscriptions = ctx.store.subscriptionsOf(topicArn).filter(({ token }) => token === undefined);
  const numbers: number[] = [];
  const published = ctx.store.write(() =>
    checked.map((each) => publishOne(ctx, topicArn, each, subscriptions, numbers)),
  );
  ctx.engine.begin(numbers);
  return published;
}

function publishOne(
  ctx: SnsContext,
  topicArn: string,
  { message: draft, bytes }: Checked,
  subscriptions: readonly Subscription[],
  numbers: number[],
): Published {
  const { store, clock } = ctx;
  const topic = store.topic(topicArn);
  const now = clock.now();
  recordMetric(ctx, topicArn, "NumberOfMessagesPublished");
  recordMetric(ctx, topicArn, "PublishSize", bytes, "Bytes");
  const scope = topic.attributes.FifoThroughputScope === "MessageGroup" ? `${draft.groupId} ` : "";
  const duplicateId = isFifo(topicArn) ? `${scope}${draft.deduplicationId}` : undefined;
  const before = duplicateId === undefined ? undefined : store.duplicate(topicArn, duplicateId, now);
  if (before) return { MessageId: before.messageId, SequenceNumber: before.sequenceNumber };

  const id = ctx.ids.uuid();
  const sequence = topic.sequence + 1;
  const sequenceNumber = isFifo(topicArn)
    ? String(FIRST_SEQUENCE_NUMBER + BigInt(sequence) * SEQUENCE_STEP)
    : undefined;
  const message: Message = {
    ...draft,
    id,
    kind: "Notification",
    topicArn,
    publishedAt: now,
    ...(sequenceNumber === undefined
      ? { signatureVersion: topic.attributes.SignatureVersion === "2" ? "2" : "1" }
      : { sequenceNumber }),
  };
  if (duplicateId !== undefined && sequenceNumber !== undefined) {
    store.putTopic({ ...topic, sequence });
    store.remember(topicArn, duplicateId, { messageId: id, sequenceNumber, expiresAt: now + DEDUPLICATION_MS }, now);
  }
  const recipients = subscriptions.filter((subscription) => isFor(ctx, message, subscription)).map(({ arn }) => arn);
  const lane = sequenceNumber === undefined ? undefined : (arn: string) => `${arn} ${draft.groupId}`;
  numbers.push(...store.accept(message, recipients, lane));
  return { MessageId: id, ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }) };
}

function isFor(ctx: SnsContext, message: Message, { attributes, protocol }: Subscription): boolean {
  const policy = attributes.FilterPolicy;
  if (policy === undefined || policy === "") return true;
  const reason = rejection(message, bodyFor(message, protocol), policy, scopeOf(attributes));
  if (reason === undefined) return true;
  recordMetric(ctx, message.topicArn, "NumberOfNotificationsFilteredOut");
  recordMetric(ctx, message.topicArn, `NumberOfNotificationsFilteredOut-${reason}`);
  return false;
}
