import { unsupported } from "../../../emulator/model/errors.ts";
import { isFifo, topicOf } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { Protocol, Subscription } from "../model.ts";
import { askForConfirmation } from "../subscribing.ts";
import { checkFilterPolicyCount, readSubscriptionAttributes } from "../subscription-attributes.ts";

const REFUSED = ["email", "email-json", "sms", "application"];
const REASON = "Attributes Reason: ";

/**
 * Subscribes an endpoint to a topic, or answers the subscription that is there. HTTP endpoints and the queues of others
 * have to confirm it.
 * @throws InvalidParameter, NotFound, FilterPolicyLimitExceeded
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 */
export const subscribe: Operation<"Subscribe"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  const { endpoint, protocol } = checkEndpoint(topic.arn, input.Protocol, input.Endpoint);
  const given = input.Attributes ?? {};
  const target = { topicArn: topic.arn, protocol, endpoint };
  const attributes = readSubscriptionAttributes(target, given, Object.keys(given), REASON);
  if (protocol === "firehose" && attributes.SubscriptionRoleArn === undefined) {
    throw invalidParameter(`${REASON}SubscriptionRoleArn is required for the protocol firehose`);
  }
  const isAnswered = input.ReturnSubscriptionArn === true;
  const existing = ctx.store
    .subscriptionsOf(topic.arn)
    .find((each) => each.protocol === protocol && each.endpoint === endpoint);
  if (existing) {
    if (Object.entries(attributes).some(([name, value]) => (existing.attributes[name] ?? "") !== value)) {
      throw invalidParameter(`${REASON}Subscription already exists with different attributes`);
    }
    if (existing.token === undefined) return { SubscriptionArn: existing.arn };
    const { token: _token, ...pending } = existing;
    askForConfirmation(ctx, topic, pending);
    return { SubscriptionArn: isAnswered ? existing.arn : "pending confirmation" };
  }
  if (attributes.FilterPolicy) checkFilterPolicyCount(ctx.store, topic.arn);
  const isOwn = protocol !== "sqs" || endpoint.split(":")[4] === ctx.account;
  const isConfirmed = !protocol.startsWith("http") && isOwn;
  const subscription: Subscription = {
    ...target,
    arn: `${topic.arn}:${ctx.ids.uuid()}`,
    owner: ctx.account,
    principal: ctx.principal.arn,
    createdAt: ctx.clock.now(),
    authenticated: isConfirmed,
    authenticateOnUnsubscribe: false,
    attributes,
  };
  if (isConfirmed) ctx.store.putSubscription(subscription);
  else askForConfirmation(ctx, topic, subscription);
  return { SubscriptionArn: isConfirmed || isAnswered ? subscription.arn : "pending confirmation" };
};

function checkEndpoint(
  topicArn: string,
  protocol: string,
  given: string | undefined,
): { endpoint: string; protocol: Protocol } {
  if (REFUSED.includes(protocol)) throw unsupported(`The protocol ${protocol} of a subscription`);
  const endpoint = given ?? "";
  if (endpoint === "") throw invalidParameter("Endpoint");
  if (isFifo(topicArn) && protocol !== "sqs") throw invalidParameter(`Invalid protocol type: ${protocol}`);
  switch (protocol) {
    case "http":
    case "https":
      if (!endpoint.startsWith(`${protocol}://`)) throw invalidParameter("Endpoint must match the specified protocol");
      if (!URL.canParse(endpoint)) throw invalidParameter("Endpoint");
      return { endpoint, protocol };
    case "sqs":
      if (!/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w-]{1,80}(\.fifo)?$/.test(endpoint))
        throw invalidParameter("SQS endpoint ARN");
      if (isFifo(endpoint) && !isFifo(topicArn)) {
        throw invalidParameter(
          "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
        );
      }
      return { endpoint, protocol };
    case "lambda":
      if (!/^arn:[^:]+:lambda:[^:]+:\d{12}:function:[\w-]{1,140}(:[\w$-]{1,128})?$/.test(endpoint)) {
        throw invalidParameter("Lambda endpoint ARN");
      }
      return { endpoint, protocol };
    case "firehose":
      if (!/^arn:[^:]+:firehose:[^:]+:\d{12}:deliverystream\/[\w.-]{1,64}$/.test(endpoint)) {
        throw invalidParameter("Firehose endpoint ARN");
      }
      return { endpoint, protocol };
    default:
      throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
}
