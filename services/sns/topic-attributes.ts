import { unsupported } from "../../emulator/model/errors.ts";
import { isFifo, parseTopicArn } from "./arn.ts";
import { checkTopicPolicy, effectiveTopicPolicy } from "./delivery/delivery-policy.ts";
import { invalidParameter } from "./errors.ts";
import type { Subscription, Topic } from "./model.ts";
import { checkPolicy } from "./topic-policy.ts";

const FIFO_ONLY = ["ContentBasedDeduplication", "FifoThroughputScope"];
/** The key of KMS that AWS manages for SNS. Its policy lets the account use it, and no other service. */
export const AWS_KEY = "alias/aws/sns";

/** Attributes that make SNS write logs of deliveries: `SQSFailureFeedbackRoleArn` and the like. */
const FEEDBACK =
  /^(HTTP|Application|Lambda|Firehose|SQS)(SuccessFeedbackRoleArn|FailureFeedbackRoleArn|SuccessFeedbackSampleRate)$/;

/**
 * Checks one attribute that a client sets on a topic.
 * @param prefix what stands before the complaint: CreateTopic says "Attributes Reason: "
 * @returns its value as it is kept
 * @throws InvalidParameter; NotImplemented for what Headwater has not
 */
export function readTopicAttribute(topicArn: string, name: string, value: string, prefix = ""): string {
  if (FIFO_ONLY.includes(name) && !isFifo(topicArn)) {
    throw invalidParameter(`${prefix}${name} can only be set for FIFO topics`);
  }
  switch (name) {
    case "DisplayName":
      if (value.length > 100) throw invalidParameter(`${prefix}DisplayName: must be at most 100 characters long`);
      return value;
    case "Policy":
      checkPolicy(value, prefix);
      return value;
    case "DeliveryPolicy":
      if (value !== "") checkTopicPolicy(value, prefix);
      return value;
    case "KmsMasterKeyId":
      if (value !== "" && value !== AWS_KEY) throw unsupported(`KmsMasterKeyId of a topic other than ${AWS_KEY}`);
      return value;
    case "SignatureVersion":
      return oneOf(name, value, ["1", "2"], prefix);
    case "TracingConfig":
      if (value === "Active") throw unsupported("TracingConfig Active of a topic");
      return oneOf(name, value, ["PassThrough"], prefix);
    case "ContentBasedDeduplication":
      return oneOf(name, value.toLowerCase(), ["true", "false"], prefix);
    case "FifoThroughputScope":
      return oneOf(name, value, ["Topic", "MessageGroup"], prefix);
    case "ArchivePolicy":
      throw unsupported("ArchivePolicy of a topic");
    default:
      if (FEEDBACK.test(name)) throw unsupported(`${name} of a topic`);
      throw invalidParameter(`${prefix}AttributeName`);
  }
}

function oneOf(name: string, value: string, choices: readonly string[], prefix: string): string {
  if (!choices.includes(value)) {
    throw invalidParameter(`${prefix}${name}: Invalid value [${value}]. Must be one of [${choices.join(", ")}].`);
  }
  return value;
}

/** What GetTopicAttributes answers. */
export function describeTopic(topic: Topic, subscriptions: readonly Subscription[]): Record<string, string> {
  const pending = subscriptions.filter(({ token }) => token !== undefined).length;
  const { DisplayName = "", DeliveryPolicy, ...rest } = topic.attributes;
  const set = Object.entries({ ...rest, ...(DeliveryPolicy !== undefined && { DeliveryPolicy }) });
  return {
    ...Object.fromEntries(set.filter(([, value]) => value !== "")),
    DisplayName,
    EffectiveDeliveryPolicy: effectiveTopicPolicy(DeliveryPolicy === "" ? undefined : DeliveryPolicy),
    ...(isFifo(topic.arn) && {
      FifoTopic: "true",
      ContentBasedDeduplication: topic.attributes.ContentBasedDeduplication ?? "false",
    }),
    Owner: parseTopicArn(topic.arn).account,
    SubscriptionsConfirmed: String(subscriptions.length - pending),
    SubscriptionsDeleted: String(topic.unsubscribed),
    SubscriptionsPending: String(pending),
    TopicArn: topic.arn,
  };
}
