import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import { unsupported } from "../../emulator/model/errors.ts";
import { invalidAttributeValue, twoEncryptions, unknownAttribute } from "./errors.ts";
import { isFifo, queueArn } from "./model.ts";
import type { Attributes, Counters, Queue } from "./model.ts";
import { checkPolicy } from "./policy.ts";
import { readRedriveAllowPolicy, readRedrivePolicy } from "./redrive.ts";
import type { SqsStore } from "./store.ts";

/** Whole numbers: smallest and largest. */
const INTEGERS: { readonly [N in QueueAttributeName]?: readonly [number, number] } = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

const CHOICES: { readonly [N in QueueAttributeName]?: readonly string[] } = {
  ContentBasedDeduplication: ["true", "false"],
  DeduplicationScope: ["messageGroup", "queue"],
  FifoQueue: ["true"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
  SqsManagedSseEnabled: ["true", "false"],
};

const FIFO_ONLY: ReadonlySet<string> = new Set([
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoQueue",
  "FifoThroughputLimit",
]);

const DEFAULTS: Attributes = {
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};

const FIFO_DEFAULTS: Attributes = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoQueue: "true",
  FifoThroughputLimit: "perQueue",
};

/** In the order in which GetQueueAttributes answers them. */
const READ_ONLY = [
  "QueueArn",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
] as const;

/** Attributes that an empty text takes away. */
const REMOVABLE: ReadonlySet<string> = new Set(["KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy"]);

/** The one key of KMS that exists without anybody making it. */
const MANAGED_KEY = "alias/aws/sqs";

export const defaultsOf = (queue: Pick<Queue, "name">): Attributes => ({
  ...DEFAULTS,
  ...(isFifo(queue) && FIFO_DEFAULTS),
});

type Given = Readonly<Record<string, string>>;

/**
 * The attributes of `queue` with what a client gives, checked and in SQS's own form.
 * @throws InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue, NotImplemented
 */
export function mergeAttributes(store: SqsStore, queue: Queue, given: Given): Attributes {
  const merged: Record<string, string> = { ...queue.attributes };
  for (const [name, value] of Object.entries(given)) {
    if (value === "" && REMOVABLE.has(name)) delete merged[name];
    else merged[name] = checked(store, queue, name, value);
  }
  if (given["SqsManagedSseEnabled"] === "true" && given["KmsMasterKeyId"]) throw twoEncryptions();
  if (given["KmsMasterKeyId"]) merged["SqsManagedSseEnabled"] = "false";
  if (given["SqsManagedSseEnabled"] === "true") delete merged["KmsMasterKeyId"];
  if (merged["FifoThroughputLimit"] === "perMessageGroupId" && merged["DeduplicationScope"] !== "messageGroup") {
    throw invalidAttributeValue(
      "FifoThroughputLimit",
      "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
    );
  }
  return merged;
}

function checked(store: SqsStore, queue: Queue, name: string, value: string): string {
  if (FIFO_ONLY.has(name) && !isFifo(queue)) throw unknownAttribute(name);
  const range = INTEGERS[name as QueueAttributeName];
  if (range) {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < range[0] || number > range[1]) throw invalidAttributeValue(name);
    return String(number);
  }
  const choices = CHOICES[name as QueueAttributeName];
  if (choices) {
    const choice = choices.find((one) => one.toLowerCase() === value.toLowerCase());
    if (choice === undefined) throw invalidAttributeValue(name);
    return choice;
  }
  switch (name) {
    case "KmsMasterKeyId":
      if (value !== MANAGED_KEY) throw unsupported(`A KMS key other than ${MANAGED_KEY} as KmsMasterKeyId`);
      return value;
    case "Policy":
      return checkPolicy(value);
    case "RedrivePolicy":
      return readRedrivePolicy(store, queue, value);
    case "RedriveAllowPolicy":
      return readRedriveAllowPolicy(value);
    default:
      throw unknownAttribute(name);
  }
}

const isKnown = (name: string): boolean =>
  name in INTEGERS || name in CHOICES || REMOVABLE.has(name) || (READ_ONLY as readonly string[]).includes(name);

/**
 * The attributes that a client asks for, with what is counted.
 * @throws InvalidAttributeName
 */
export function describeAttributes(queue: Queue, counters: Counters, names: readonly string[]): Record<string, string> {
  const unknown = names.find((name) => name !== "All" && !isKnown(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
  const { attributes } = queue;
  const all: Record<string, string> = {
    QueueArn: queueArn(queue),
    ApproximateNumberOfMessages: String(counters.ready),
    ApproximateNumberOfMessagesNotVisible: String(counters.flight),
    ApproximateNumberOfMessagesDelayed: String(counters.delay),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ...attributes,
  };
  if (attributes.KmsMasterKeyId === undefined) delete all["KmsDataKeyReusePeriodSeconds"];
  else all["KmsDataKeyReusePeriodSeconds"] ??= "300";
  if (names.includes("All")) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
