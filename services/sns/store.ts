import type { Host } from "../../emulator/model/context.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { parseTopicArn, topicOfSubscription } from "./arn.ts";
import { DeliveryStore } from "./delivery/delivery-store.ts";
import { subscriptionNotFound, topicNotFound } from "./errors.ts";
import type { Message, Subscription, Token, Topic } from "./model.ts";

/** What a FIFO topic remembers of a message for five minutes. */
interface Duplicate {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly expiresAt: number;
}

/** The first part of every key of a token: a key of one part alone does not come back as a list. */
const TOKENS = "tokens";

/** Most messages that are forgotten with one publish, so that a publish stays short. */
const MOST_FORGOTTEN = 20;

/**
 * Topics and subscriptions. An ARN names its account, so that whom a topic's policy allows finds the topics of other
 * accounts; `scope` is for what is listed.
 */
export class SnsStore {
  readonly #scope: readonly [account: string, region: string];
  readonly #storage: Storage;
  readonly #topics: Table<Topic>;
  readonly #subscriptions: Table<Subscription>;
  readonly #tokens: Table<Token>;
  readonly #duplicates: Table<Duplicate>;
  readonly #deliveries: DeliveryStore;

  constructor(host: Pick<Host, "storage">, { account, region }: { account: string; region: string }) {
    this.#scope = [account, region];
    this.#storage = host.storage;
    this.#topics = host.storage.table("sns/topics");
    this.#subscriptions = host.storage.table("sns/subscriptions");
    this.#tokens = host.storage.table("sns/tokens");
    this.#duplicates = host.storage.table("sns/duplicates");
    this.#deliveries = new DeliveryStore(host.storage);
  }

  write<T>(work: () => T): T {
    return this.#storage.write(work);
  }

  findTopic(arn: string): Topic | undefined {
    return this.#topics.get(keyOf(arn));
  }

  topic(arn: string): Topic {
    const topic = this.findTopic(arn);
    if (!topic) throw topicNotFound();
    return topic;
  }

  /** In the order of their names. */
  topics(): Topic[] {
    return [...this.#topics.under(this.#scope)].map(({ value }) => value);
  }

  putTopic(topic: Topic): void {
    this.#topics.put(keyOf(topic.arn), topic);
  }

  updateTopic(arn: string, change: (topic: Topic) => Partial<Topic>): void {
    const topic = this.topic(arn);
    this.putTopic({ ...topic, ...change(topic) });
  }

  /** Removes the topic with its subscriptions. What is on its way to them is dropped when its turn comes. */
  removeTopic(arn: string): void {
    this.#storage.write(() => {
      for (const subscription of this.subscriptionsOf(arn)) this.#dropSubscription(subscription);
      this.#topics.remove(keyOf(arn));
      this.#duplicates.clear(keyOf(arn));
    });
  }

  findSubscription(arn: string): Subscription | undefined {
    const topic = topicOfSubscription(arn);
    return this.#subscriptions.get([...keyOf(topic), arn.slice(topic.length + 1)]);
  }

  subscription(arn: string): Subscription {
    const subscription = this.findSubscription(arn);
    if (!subscription) throw subscriptionNotFound();
    return subscription;
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return [...this.#subscriptions.under(keyOf(topicArn))].map(({ value }) => value);
  }

  subscriptions(): Subscription[] {
    return [...this.#subscriptions.under(this.#scope)].map(({ value }) => value);
  }

  /** Keeps a subscription; one that waits for its confirmation with the token that confirms it until `tokenExpiresAt`. */
  putSubscription(subscription: Subscription, tokenExpiresAt = 0): void {
    this.#storage.write(() => {
      const { arn, topicArn, token } = subscription;
      this.#subscriptions.put([...keyOf(topicArn), arn.slice(topicArn.length + 1)], subscription);
      if (token !== undefined) this.putToken(token, { subscription, expiresAt: tokenExpiresAt });
    });
  }

  changeAttributes(arn: string, attributes: Readonly<Record<string, string>>): void {
    const subscription = this.subscription(arn);
    const key = [...keyOf(subscription.topicArn), arn.slice(subscription.topicArn.length + 1)];
    this.#subscriptions.put(key, { ...subscription, attributes });
  }

  /** Ends a subscription; with a token, which brings it back. */
  removeSubscription(subscription: Subscription, token?: { readonly text: string; readonly expiresAt: number }): void {
    this.#storage.write(() => {
      this.#dropSubscription(subscription);
      if (token) this.putToken(token.text, { subscription, expiresAt: token.expiresAt });
      if (this.findTopic(subscription.topicArn)) {
        this.updateTopic(subscription.topicArn, ({ unsubscribed }) => ({ unsubscribed: unsubscribed + 1 }));
      }
    });
  }

  #dropSubscription({ arn, topicArn, token }: Subscription): void {
    this.#subscriptions.remove([...keyOf(topicArn), arn.slice(topicArn.length + 1)]);
    if (token !== undefined) this.#tokens.remove([TOKENS, token]);
  }

  token(text: string): Token | undefined {
    return this.#tokens.get([TOKENS, text]);
  }

  putToken(text: string, token: Token): void {
    this.#tokens.put([TOKENS, text], token);
  }

  /** Forgets tokens that are too old, and the subscriptions that they should have confirmed. */
  sweepTokens(now: number): void {
    this.#storage.write(() => {
      for (const { key, value } of [...this.#tokens.range()]) {
        if (value.expiresAt > now) continue;
        const { arn } = value.subscription;
        const present = this.findSubscription(arn);
        if (present && present.token === key[1]) this.#dropSubscription(present);
        this.#tokens.remove(key);
      }
    });
  }

  /** The message that a FIFO topic took under the same deduplication id not long ago. */
  duplicate(topicArn: string, id: string, now: number): Duplicate | undefined {
    const found = this.#duplicates.get([...keyOf(topicArn), "id", id]);
    return found && found.expiresAt > now ? found : undefined;
  }

  remember(topicArn: string, id: string, duplicate: Duplicate, now: number): void {
    const topic = keyOf(topicArn);
    const expired = this.#duplicates.keys({
      start: [...topic, "expiry"],
      end: [...topic, "expiry", now],
      limit: MOST_FORGOTTEN,
    });
    for (const key of [...expired]) {
      const old = String(key.at(-1));
      this.#duplicates.remove(key);
      const found = this.#duplicates.get([...topic, "id", old]);
      if (found && found.expiresAt <= now) this.#duplicates.remove([...topic, "id", old]);
    }
    this.#duplicates.put([...topic, "id", id], duplicate);
    this.#duplicates.put([...topic, "expiry", duplicate.expiresAt, id], duplicate);
  }

  /**
   * Keeps a message until it is delivered to these subscriptions.
   * @param lane see Delivery
   * @returns the numbers of the deliveries
   */
  accept(message: Message, subscriptionArns: readonly string[], lane?: (subscriptionArn: string) => string): number[] {
    return this.#deliveries.accept(message, subscriptionArns, lane);
  }
}

const keyOf = (topicArn: string): [string, string, string] => {
  const { account, region, name } = parseTopicArn(topicArn);
  return [account, region, name];
};
