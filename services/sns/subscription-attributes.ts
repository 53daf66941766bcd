import { unsupported } from "../../emulator/model/errors.ts";
import { isFifo } from "./arn.ts";
import { checkSubscriptionPolicy, effectiveSubscriptionPolicy } from "./delivery/delivery-policy.ts";
import { filterPolicyLimit, invalidParameter } from "./errors.ts";
import { parseFilterPolicy, type Scope } from "./filter-policy/policy.ts";
import type { Subscription, Topic } from "./model.ts";
import type { SnsStore } from "./store.ts";

type Target = Pick<Subscription, "topicArn" | "protocol" | "endpoint">;

const MOST_FILTER_POLICIES = 200;
const ROLE = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

/**
 * Checks attributes of a subscription together: a filter policy depends on its scope.
 * @param changed the names of those that the request sets
 * @param prefix what stands before a complaint: Subscribe says "Attributes Reason: "
 * @returns them as they are kept
 * @throws InvalidParameter; NotImplemented for what Headwater has not
 */
export function readSubscriptionAttributes(
  target: Target,
  attributes: Readonly<Record<string, string>>,
  changed: readonly string[],
  prefix = "",
): Record<string, string> {
  const read = { ...attributes };
  for (const name of changed) read[name] = readOne(target, name, attributes[name] ?? "", prefix);
  const policy = read.FilterPolicy;
  const touched = changed.includes("FilterPolicy") || changed.includes("FilterPolicyScope");
  if (touched && policy !== undefined && policy !== "") parseFilterPolicy(policy, scopeOf(read), prefix);
  return read;
}

export const scopeOf = (attributes: Readonly<Record<string, string>>): Scope =>
  attributes.FilterPolicyScope === "MessageBody" ? "MessageBody" : "MessageAttributes";

function readOne(target: Target, name: string, value: string, prefix: string): string {
  switch (name) {
    case "RawMessageDelivery": {
      const flag = value.toLowerCase();
      if (flag !== "true" && flag !== "false") {
        throw invalidParameter(`${prefix}RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
      }
      if (flag === "true" && target.protocol === "lambda") {
        throw invalidParameter(`${prefix}Delivery protocol [lambda] does not support raw message delivery.`);
      }
      return flag;
    }
    case "FilterPolicy":
      return value === "{}" ? "" : value;
    case "FilterPolicyScope":
      if (value !== "MessageAttributes" && value !== "MessageBody") {
        throw invalidParameter(
          `${prefix}FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
        );
      }
      return value;
    case "DeliveryPolicy":
      if (!target.protocol.startsWith("http")) {
        throw invalidParameter(`${prefix}Delivery protocol [${target.protocol}] does not support delivery policy.`);
      }
      if (value !== "") checkSubscriptionPolicy(value, prefix);
      return value;
    case "RedrivePolicy":
      if (value !== "") checkRedrivePolicy(target, value, prefix);
      return value;
    case "SubscriptionRoleArn":
      if (!ROLE.test(value)) throw invalidParameter(`${prefix}SubscriptionRoleArn: Invalid value [${value}].`);
      return value;
    case "ReplayPolicy":
      throw unsupported("ReplayPolicy of a subscription");
    default:
      throw invalidParameter(`${prefix}AttributeName`);
  }
}

function checkRedrivePolicy({ topicArn, endpoint }: Target, text: string, prefix: string): void {
  const arn = deadLetterQueue({ RedrivePolicy: text }, () =>
    invalidParameter(`${prefix}RedrivePolicy: failed to parse JSON.`),
  );
  if (!/^arn:[^:]+:sqs:[^:]*:\d{12}:[^:]+$/.test(arn ?? "")) {
    throw invalidParameter(`${prefix}RedrivePolicy: deadLetterTargetArn is an invalid arn`);
  }
  if (isFifo(topicArn) && isFifo(endpoint) && !isFifo(arn ?? "")) {
    throw invalidParameter(
      `${prefix}RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.`,
    );
  }
}

/** The ARN of the queue that gets what cannot be delivered. */
export function deadLetterQueue(
  { RedrivePolicy }: Readonly<Record<string, string>>,
  malformed: () => Error = () => new Error("a redrive policy is kept that is none"),
): string | undefined {
  if (RedrivePolicy === undefined || RedrivePolicy === "") return undefined;
  try {
    const { deadLetterTargetArn } = JSON.parse(RedrivePolicy) as { deadLetterTargetArn?: unknown };
    return typeof deadLetterTargetArn === "string" ? deadLetterTargetArn : "";
  } catch {
    throw malformed();
  }
}

/** @throws FilterPolicyLimitExceeded when a topic has as many filter policies as it may have */
export function checkFilterPolicyCount(store: SnsStore, topicArn: string): void {
  const count = store.subscriptionsOf(topicArn).filter(({ attributes }) => attributes.FilterPolicy).length;
  if (count >= MOST_FILTER_POLICIES) throw filterPolicyLimit();
}

/** A subscription as the lists show it. */
export const listed = ({ arn, owner, protocol, endpoint, topicArn, token }: Subscription) => ({
  SubscriptionArn: token === undefined ? arn : "PendingConfirmation",
  Owner: owner,
  Protocol: protocol,
  Endpoint: endpoint,
  TopicArn: topicArn,
});

/** What GetSubscriptionAttributes answers. */
export function describeSubscription(subscription: Subscription, topic: Topic | undefined): Record<string, string> {
  const { attributes, protocol } = subscription;
  const { FilterPolicy = "", FilterPolicyScope: _scope, ...rest } = attributes;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")),
    ...(FilterPolicy !== "" && { FilterPolicy, FilterPolicyScope: scopeOf(attributes) }),
    ConfirmationWasAuthenticated: String(subscription.authenticated),
    ...(protocol.startsWith("http") && {
      EffectiveDeliveryPolicy: effectiveSubscriptionPolicy(
        topic?.attributes.DeliveryPolicy || undefined,
        attributes.DeliveryPolicy || undefined,
      ),
    }),
    Endpoint: subscription.endpoint,
    Owner: subscription.owner,
    PendingConfirmation: String(subscription.token !== undefined),
    Protocol: protocol,
    RawMessageDelivery: attributes.RawMessageDelivery ?? "false",
    SubscriptionArn: subscription.arn,
    SubscriptionPrincipal: subscription.principal,
    TopicArn: subscription.topicArn,
  };
}
