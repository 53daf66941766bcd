export type Protocol = "http" | "https" | "sqs" | "lambda" | "firehose";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A topic as it is kept. */
export interface Topic {
  readonly arn: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The attributes that a client can set, as it gave them; `Policy` is always there. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  /** How many messages a FIFO topic has taken: the source of sequence numbers. */
  readonly sequence: number;
  /** How many of its subscriptions were deleted. */
  readonly unsubscribed: number;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** The account that subscribed. */
  readonly owner: string;
  /** Who subscribed. */
  readonly principal: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The token that confirms it, as long as it is not confirmed. */
  readonly token?: string;
  /** Whether the confirmation was a signed request. */
  readonly authenticated: boolean;
  /** Only its owner and the topic's may end it. */
  readonly authenticateOnUnsubscribe: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a confirmation's token stands for. An ended subscription is kept with its token, which can bring it back. */
export interface Token {
  readonly subscription: Subscription;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface MessageAttribute {
  readonly type: string;
  /** Base64 for the Binary types. */
  readonly value: string;
}

export type MessageKind = "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";

/** A message that was accepted and is not delivered to everybody yet. */
export interface Message {
  readonly id: string;
  readonly kind: MessageKind;
  readonly topicArn: string;
  /** The text, or, of a message with structure json, the text of each protocol. */
  readonly body: string | Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  /** Of a confirmation. */
  readonly token?: string;
  /** 1: SHA1withRSA, 2: SHA256withRSA; messages of FIFO topics are not signed. */
  readonly signatureVersion?: "1" | "2";
}

/** A message on its way to one subscription. */
export interface Delivery {
  readonly messageId: string;
  readonly subscriptionArn: string;
  /** The deliveries of one lane are made one after the other: those of a message group of a FIFO topic. */
  readonly lane?: string;
  /** To the endpoint, or, that being given up, to the subscription's dead-letter queue. */
  readonly stage: "endpoint" | "dead-letter-queue";
  /** Failed attempts at this stage. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/** The key pair that notifications are signed with, and its certificate. */
export interface SigningKey {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** Of the certificate, hexadecimal: a part of its URL. */
  readonly fingerprint: string;
}
