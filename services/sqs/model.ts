import type { QueueAttributeName } from "@aws-sdk/client-sqs";

export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** The attributes that a client can set, as the texts in which SQS takes and answers them. */
export type Attributes = { readonly [N in QueueAttributeName]?: string };

export interface Queue extends Scope {
  readonly name: string;
  /** Tells apart queues of one name that followed each other; the messages are kept under it. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly purgedAt?: number;
  /** With SQS's defaults for what the client did not set. */
  readonly attributes: Attributes;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface AttributeValue {
  readonly dataType: string;
  readonly text?: string;
  readonly binary?: Uint8Array;
}

export type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** What a message is: never changes while it is in a queue. */
export interface Content {
  readonly messageId: string;
  readonly body: string;
  /** Of the body, in hexadecimal digits. */
  readonly md5: string;
  readonly attributes?: AttributeValues;
  readonly traceHeader?: string;
  readonly senderId: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  /** ARN of the queue that a dead-letter queue has it from. */
  readonly deadLetterSourceArn?: string;
}

/** Where a message stands: to be received (`ready`), with a consumer (`flight`), or not yet due (`delay`). */
export type Lane = "ready" | "flight" | "delay";

export interface MessageState {
  readonly lane: Lane;
  /** Epoch milliseconds: since when it is ready, or when its visibility timeout or its delay ends. */
  readonly at: number;
  readonly sentAt: number;
  readonly group?: string;
  /** In all queues that it was in. */
  readonly receives: number;
  /** In this queue: what maxReceiveCount is about. */
  readonly receivesHere: number;
  readonly firstReceivedAt?: number;
  /** Of the last receive: the 12 hours of visibility are counted from it. */
  readonly receivedAt?: number;
  /** Part of the receipt handle of the last receive. */
  readonly receipt?: string;
}

/** A message as it was received. */
export interface Received {
  readonly number: number;
  readonly content: Content;
  readonly state: MessageState;
}

/** How many messages a queue has in each lane, and the number of the next one. */
export interface Counters {
  readonly next: number;
  readonly ready: number;
  readonly flight: number;
  readonly delay: number;
}

export interface MoveTask extends Scope {
  readonly id: string;
  readonly sourceArn: string;
  /** Each message's own source when not given. */
  readonly destinationArn?: string;
  readonly messagesPerSecond?: number;
  readonly status: "RUNNING" | "CANCELLING" | "CANCELLED" | "COMPLETED" | "FAILED";
  readonly failureReason?: string;
  readonly moved: number;
  readonly toMove: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export const isFifo = (queue: Pick<Queue, "name">): boolean => queue.name.endsWith(".fifo");

export const queueArn = ({ account, region, name }: Pick<Queue, "account" | "region" | "name">): string =>
  `arn:aws:sqs:${region}:${account}:${name}`;

/** What waits for messages of a queue listens to this. */
export const topicOf = (queue: Pick<Queue, "account" | "region" | "name">): string => `sqs:${queueArn(queue)}`;

/** An attribute of whole seconds, in milliseconds. */
export const milliseconds = (
  { attributes }: Queue,
  name: "DelaySeconds" | "MessageRetentionPeriod" | "ReceiveMessageWaitTimeSeconds" | "VisibilityTimeout",
): number => Number(attributes[name] ?? 0) * 1000;

export const redrivePolicy = ({ attributes }: Queue): RedrivePolicy | undefined =>
  attributes.RedrivePolicy === undefined ? undefined : (JSON.parse(attributes.RedrivePolicy) as RedrivePolicy);
