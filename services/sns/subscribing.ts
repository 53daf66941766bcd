import type { Host } from "../../emulator/model/context.ts";
import { parseTopicArn } from "./arn.ts";
import type { DeliveryEngine } from "./delivery/engine.ts";
import { invalidParameter, notAuthorized } from "./errors.ts";
import type { Message, MessageKind, Subscription, Topic } from "./model.ts";
import type { SnsStore } from "./store.ts";

/** What subscribing and its opposite need, whether a signed call or a URL in a message asks for it. */
export interface Desk {
  readonly store: SnsStore;
  readonly engine: Pick<DeliveryEngine, "begin">;
  readonly ids: Host["ids"];
  readonly clock: Host["clock"];
}

/** How long a token confirms, and how long a subscription waits for it. */
const TOKEN_LIFE_MS = 2 * 24 * 3600 * 1000;
const TOKEN_DIGITS = 288;

/** Keeps a subscription that its endpoint has to confirm, and asks it to. */
export function askForConfirmation(desk: Desk, topic: Topic, pending: Omit<Subscription, "token">): void {
  const token = desk.ids.hex(TOKEN_DIGITS);
  const subscription = { ...pending, token };
  const numbers = desk.store.write(() => {
    desk.store.putSubscription(subscription, desk.clock.now() + TOKEN_LIFE_MS);
    return send(desk, topic, subscription, "SubscriptionConfirmation", token);
  });
  desk.engine.begin(numbers);
}

/**
 * Confirms a subscription, or brings one back that was ended.
 * @throws InvalidParameter, NotFound
 */
export function confirm(
  { store, clock }: Desk,
  topicArn: string,
  token: string,
  options: { readonly authenticated: boolean; readonly authenticateOnUnsubscribe?: boolean },
): Subscription {
  parseTopicArn(topicArn, "Topic");
  const found = store.token(token);
  if (!found || found.subscription.topicArn !== topicArn || found.expiresAt <= clock.now())
    throw invalidParameter("Token");
  store.topic(topicArn);
  const { token: _token, ...subscription } = store.findSubscription(found.subscription.arn) ?? found.subscription;
  const confirmed: Subscription = {
    ...subscription,
    authenticated: subscription.authenticated || options.authenticated,
    authenticateOnUnsubscribe: subscription.authenticateOnUnsubscribe || options.authenticateOnUnsubscribe === true,
  };
  // the token stays good for as long as it would have been: confirming twice is no error
  store.putSubscription(confirmed);
  return confirmed;
}

/**
 * Ends a subscription; that there is none is no error. An HTTP endpoint is told, with a URL that brings it back, unless the
 * owner did it.
 * @param caller the account that signed the request
 * @throws InvalidParameter, AuthorizationError
 */
export function unsubscribe(desk: Desk, arn: string, caller?: string): void {
  const { store, ids, clock, engine } = desk;
  const subscription = store.findSubscription(arn);
  if (!subscription) return;
  const owners = [subscription.owner, parseTopicArn(subscription.topicArn).account];
  if (subscription.authenticateOnUnsubscribe && (caller === undefined || !owners.includes(caller))) {
    throw notAuthorized(
      "Unsubscribe of this subscription requires the authentication of its owner or of the topic's owner",
    );
  }
  const topic = store.findTopic(subscription.topicArn);
  const isTold =
    subscription.protocol.startsWith("http") && subscription.token === undefined && caller !== subscription.owner;
  if (!isTold || !topic) return store.removeSubscription(subscription);
  const token = ids.hex(TOKEN_DIGITS);
  const numbers = store.write(() => {
    store.removeSubscription(subscription, { text: token, expiresAt: clock.now() + TOKEN_LIFE_MS });
    return send(desk, topic, subscription, "UnsubscribeConfirmation", token);
  });
  engine.begin(numbers);
}

const TEXTS = {
  SubscriptionConfirmation: ({ topicArn }: Subscription) =>
    `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
  UnsubscribeConfirmation: ({ arn }: Subscription) =>
    `You have chosen to deactivate subscription ${arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
};

function send(
  { store, ids, clock }: Desk,
  topic: Topic,
  subscription: Subscription,
  kind: Exclude<MessageKind, "Notification">,
  token: string,
): number[] {
  const message: Message = {
    id: ids.uuid(),
    kind,
    topicArn: topic.arn,
    body: TEXTS[kind](subscription),
    attributes: {},
    publishedAt: clock.now(),
    token,
    signatureVersion: topic.attributes.SignatureVersion === "2" ? "2" : "1",
  };
  return store.accept(message, [subscription.arn]);
}
