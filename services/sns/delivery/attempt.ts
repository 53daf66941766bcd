import { type Host, servicePrincipal } from "../../../emulator/model/context.ts";
import { deliver as deliverTo, type Parcel } from "../../../emulator/model/deliver.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import { callWithRole } from "../../../emulator/model/service-role.ts";
import { isFifo, parseTopicArn } from "../arn.ts";
import type { Message, Subscription } from "../model.ts";
import { httpPolicy } from "./delivery-policy.ts";
import { post } from "./http.ts";
import { bodyFor, type Envelope, envelopeOf, lambdaEvent } from "./notification.ts";
import type { Signer } from "./signer.ts";

/** How an attempt went; a failure that trying again cannot mend is a permanent one. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "failed"; readonly reason: string; readonly isPermanent: boolean };

const DELIVERED: Outcome = { kind: "delivered" };

/** Errors of the services that may be gone the next time, although the request is blamed for them. */
const PASSING = new Set([
  "TooManyRequestsException",
  "ResourceConflictException",
  "RequestThrottled",
  "ThrottlingException",
  "OverLimit",
  "ServiceUnavailableException",
  "KMS.ThrottlingException",
]);

export interface Attempts {
  readonly host: Host;
  readonly signer: Signer;
  /** Aborted when the emulator stops. */
  readonly signal: AbortSignal;
}

/** One attempt to hand a message to a subscription's endpoint. It never throws. */
export async function deliver(
  tools: Attempts,
  message: Message,
  subscription: Subscription,
  topicPolicy?: string,
): Promise<Outcome> {
  try {
    switch (subscription.protocol) {
      case "sqs":
        await sendToQueue(tools, message, subscription, subscription.endpoint);
        return DELIVERED;
      case "lambda":
        await invoke(tools, message, subscription);
        return DELIVERED;
      case "firehose":
        await putRecord(tools, message, subscription);
        return DELIVERED;
      case "http":
      case "https":
        return await postTo(tools, message, subscription, topicPolicy);
    }
  } catch (error) {
    return failure(error);
  }
}

/** Hands a message that its endpoint did not take to the subscription's dead-letter queue. It never throws. */
export async function deliverToQueue(
  tools: Attempts,
  message: Message,
  subscription: Subscription,
  queueArn: string,
): Promise<Outcome> {
  try {
    await sendToQueue(tools, message, subscription, queueArn);
    return DELIVERED;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Outcome {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const isPermanent = error instanceof AwsError && !PASSING.has(error.name) && !isServerError(error);
  return { kind: "failed", reason, isPermanent };
}

/** What Headwater does not support will not be there the next time either. */
const isServerError = ({ shape }: AwsError): boolean => "code" in shape && shape.status >= 500 && shape.status !== 501;

/** As SNS itself, on behalf of the topic. */
function handOver({ host }: Attempts, { topicArn }: Subscription, to: string, parcel: Parcel): Promise<void> {
  const { account, region } = parseTopicArn(topicArn);
  const principal = servicePrincipal(account, "sns.amazonaws.com", topicArn);
  return deliverTo(host.callAs({ account, region, principal }), to, parcel);
}

const isRaw = ({ attributes }: Subscription): boolean => attributes.RawMessageDelivery === "true";

const envelope = ({ host, signer }: Attempts, message: Message, subscription: Subscription): Promise<Envelope> =>
  envelopeOf(message, subscription, host.publicEndpoint, signer);

async function sendToQueue(
  tools: Attempts,
  message: Message,
  subscription: Subscription,
  queueArn: string,
): Promise<void> {
  const raw = isRaw(subscription) && message.kind === "Notification";
  await handOver(tools, subscription, queueArn, {
    body: raw ? bodyFor(message, subscription.protocol) : JSON.stringify(await envelope(tools, message, subscription)),
    ...(raw && { attributes: attributesOf(message) }),
    groupId: message.groupId,
    ...(isFifo(queueArn) && { deduplicationId: message.deduplicationId }),
  });
}

const attributesOf = ({ attributes }: Message): Parcel["attributes"] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type.startsWith("Binary")
        ? { DataType: type, BinaryValue: Buffer.from(value, "base64") }
        : { DataType: type, StringValue: value },
    ]),
  );

async function invoke(tools: Attempts, message: Message, subscription: Subscription): Promise<void> {
  const event = lambdaEvent(await envelope(tools, message, subscription), subscription.arn);
  await handOver(tools, subscription, subscription.endpoint, { body: JSON.stringify(event) });
}

async function putRecord(tools: Attempts, message: Message, subscription: Subscription): Promise<void> {
  const text = isRaw(subscription)
    ? bodyFor(message, subscription.protocol)
    : JSON.stringify(await envelope(tools, message, subscription));
  const [, , , region = "", , resource = ""] = subscription.endpoint.split(":");
  const { account } = parseTopicArn(subscription.topicArn);
  const call = callWithRole(
    tools.host,
    { account, region },
    {
      roleArn: subscription.attributes.SubscriptionRoleArn ?? "",
      service: "sns.amazonaws.com",
      session: "sns",
      sourceArn: subscription.topicArn,
    },
  );
  await call("firehose", "PutRecord", {
    DeliveryStreamName: resource.slice(resource.indexOf("/") + 1),
    Record: { Data: Buffer.from(`${text}\n`) },
  });
}

async function postTo(
  tools: Attempts,
  message: Message,
  subscription: Subscription,
  topicPolicy?: string,
): Promise<Outcome> {
  const raw = isRaw(subscription) && message.kind === "Notification";
  const policy = httpPolicy(topicPolicy, subscription.attributes.DeliveryPolicy || undefined);
  const status = await post(tools, {
    message,
    subscription,
    body: raw
      ? bodyFor(message, subscription.protocol)
      : JSON.stringify(await envelope(tools, message, subscription), undefined, 2),
    contentType: policy.contentType,
    isRaw: raw,
  });
  if (status >= 200 && status < 300) return DELIVERED;
  return { kind: "failed", reason: `the endpoint answered ${status}`, isPermanent: status < 500 && status !== 429 };
}
