import type { Host } from "../../../emulator/model/context.ts";
import type { Door, DoorRequest, Engine, Service } from "../../../emulator/model/service.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { recordMetric } from "../metrics.ts";
import type { Delivery, Message, Subscription } from "../model.ts";
import { SnsStore } from "../store.ts";
import { deadLetterQueue } from "../subscription-attributes.ts";
import { deliver, deliverToQueue, type Outcome } from "./attempt.ts";
import { httpPolicy, managedRetryDelay, retryDelays } from "./delivery-policy.ts";
import { DeliveryStore } from "./delivery-store.ts";
import { findDoor } from "./door.ts";
import { Signer } from "./signer.ts";

/** Deliveries to one subscription at once: an endpoint that does not answer holds up nobody else. */
const MOST_IN_FLIGHT = 20;
const TOKEN_SWEEP_MS = 3_600_000;

/** ARNs name their account and region: a scope matters only to lists. */
const ANYWHERE = { account: "", region: "" };

interface Lane {
  readonly name: string;
  readonly subscriptionArn: string;
  /** Numbers of deliveries, in order. */
  readonly waiting: number[];
  timer?: Timer;
}

interface Recipient {
  /** Lanes whose next delivery is due. */
  readonly ready: Lane[];
  inFlight: number;
}

/**
 * Delivers what was published. A message is kept until it is delivered, in the dead-letter queue, or given up: a killed
 * emulator goes on with it. Deliveries of a lane are made one after the other; lanes go side by side.
 */
export class DeliveryEngine implements Engine {
  readonly #host: Host;
  readonly #store: DeliveryStore;
  readonly #sns: SnsStore;
  readonly #signer: Signer;
  readonly #service: () => Service;
  readonly #lanes = new Map<string, Lane>();
  /** By the ARN of the subscription. */
  readonly #recipients = new Map<string, Recipient>();
  /** Subscriptions with a throttle policy: when the next delivery may be made. */
  readonly #nextSlots = new Map<string, number>();
  readonly #stopping = new AbortController();
  #isRunning = false;

  /** @param service of which this is the engine; known later */
  constructor(host: Host, service: () => Service) {
    this.#host = host;
    this.#store = new DeliveryStore(host.storage);
    this.#sns = new SnsStore(host, ANYWHERE);
    this.#signer = new Signer(host, this.#store);
    this.#service = service;
  }

  start(): void {
    this.#isRunning = true;
    for (const { number, delivery } of [...this.#store.all()]) this.#add(number, delivery, delivery.dueAt);
    this.#host.scheduler.every(TOKEN_SWEEP_MS, () => {
      this.#sns.sweepTokens(this.#host.clock.now());
    });
  }

  stop(): void {
    this.#isRunning = false;
    this.#stopping.abort();
    for (const lane of this.#lanes.values()) lane.timer?.cancel();
  }

  door(request: DoorRequest): Door | undefined {
    const { ids, clock } = this.#host;
    return findDoor(request, {
      signer: this.#signer,
      desk: { store: this.#sns, engine: this, ids, clock },
      service: this.#service,
    });
  }

  /** Begins with deliveries that the store has just accepted, once the transaction that they are part of is over. */
  begin(numbers: readonly number[]): void {
    queueMicrotask(() => {
      for (const number of numbers) {
        const found = this.#store.find(number);
        if (found) this.#add(number, found.delivery, 0);
      }
    });
  }

  #add(number: number, { lane: laneName, subscriptionArn }: Delivery, dueAt: number): void {
    const name = laneName ?? `${number}`;
    const lane: Lane = this.#lanes.get(name) ?? { name, subscriptionArn, waiting: [] };
    this.#lanes.set(name, lane);
    lane.waiting.push(number);
    if (lane.waiting.length === 1) this.#schedule(lane, dueAt);
  }

  #schedule(lane: Lane, dueAt: number): void {
    if (!this.#isRunning) return;
    const delayMs = dueAt - this.#host.clock.now();
    if (delayMs > 0) {
      lane.timer = this.#host.scheduler.after(delayMs, () => this.#enqueue(lane));
    } else this.#enqueue(lane);
  }

  #enqueue(lane: Lane): void {
    const recipient = this.#recipients.get(lane.subscriptionArn) ?? { ready: [], inFlight: 0 };
    this.#recipients.set(lane.subscriptionArn, recipient);
    recipient.ready.push(lane);
    this.#pump(lane.subscriptionArn, recipient);
  }

  #pump(subscriptionArn: string, recipient: Recipient): void {
    while (this.#isRunning && recipient.inFlight < MOST_IN_FLIGHT) {
      const lane = recipient.ready.shift();
      if (!lane) break;
      recipient.inFlight++;
      void this.#run(lane)
        .catch((error: unknown) => this.#host.log.error("a delivery failed unexpectedly", { error }))
        .finally(() => {
          recipient.inFlight--;
          this.#pump(subscriptionArn, recipient);
        });
    }
    if (recipient.inFlight === 0 && recipient.ready.length === 0) this.#recipients.delete(subscriptionArn);
  }

  async #run(lane: Lane): Promise<void> {
    const number = lane.waiting[0] ?? 0;
    const found = this.#store.find(number);
    const subscription = found && this.#recipient(found.delivery, found.message);
    if (!found || !subscription) return this.#finish(lane, number);
    const { delivery, message } = found;
    const policy = this.#sns.findTopic(subscription.topicArn)?.attributes.DeliveryPolicy || undefined;
    const slot = this.#slot(subscription, policy, delivery.dueAt);
    if (slot > this.#host.clock.now()) return this.#schedule(lane, slot);
    const queue = deadLetterQueue(subscription.attributes);
    const toQueue = delivery.stage === "dead-letter-queue";
    const tools = { host: this.#host, signer: this.#signer, signal: this.#stopping.signal };
    const outcome = toQueue
      ? await deliverToQueue(tools, message, subscription, queue ?? "")
      : await deliver(tools, message, subscription, policy);
    // what was stopped in its middle is done again by the next start
    if (!this.#isRunning) return;
    if (outcome.kind === "delivered") {
      if (message.kind === "Notification") {
        recordMetric(
          this.#host,
          subscription.topicArn,
          toQueue ? "NumberOfNotificationsRedrivenToDlq" : "NumberOfNotificationsDelivered",
        );
      }
      return this.#finish(lane, number);
    }
    this.#onFailure(lane, number, delivery, subscription, outcome, policy);
  }

  /** The subscription that a delivery is for. An unsubscribe confirmation goes to one that is there no more. */
  #recipient({ subscriptionArn }: Delivery, { kind, token = "" }: Message): Subscription | undefined {
    return kind === "UnsubscribeConfirmation"
      ? this.#sns.token(token)?.subscription
      : this.#sns.findSubscription(subscriptionArn);
  }

  /** When a delivery may be made: at once, unless the endpoint's throttle policy says later. Takes the slot if it is now. */
  #slot(subscription: Subscription, topicPolicy: string | undefined, dueAt: number): number {
    if (!subscription.protocol.startsWith("http")) return dueAt;
    const { maxReceivesPerSecond } = httpPolicy(topicPolicy, subscription.attributes.DeliveryPolicy || undefined);
    if (maxReceivesPerSecond === undefined) return dueAt;
    const now = this.#host.clock.now();
    const next = this.#nextSlots.get(subscription.arn) ?? 0;
    if (next > now) return next;
    this.#nextSlots.set(subscription.arn, now + 1000 / maxReceivesPerSecond);
    return now;
  }

  #onFailure(
    lane: Lane,
    number: number,
    delivery: Delivery,
    subscription: Subscription,
    { reason, isPermanent }: Outcome & { kind: "failed" },
    topicPolicy: string | undefined,
  ): void {
    const attempts = delivery.attempts + 1;
    const delayMs = isPermanent ? undefined : retryDelay(subscription, delivery, attempts, topicPolicy);
    if (delayMs !== undefined) {
      const dueAt = this.#host.clock.now() + delayMs;
      this.#store.update(number, { ...delivery, attempts, dueAt });
      return this.#schedule(lane, dueAt);
    }
    const { arn, topicArn } = subscription;
    this.#host.log.warn("a notification is given up", { subscription: arn, stage: delivery.stage, attempts, reason });
    if (delivery.stage === "dead-letter-queue") {
      recordMetric(this.#host, topicArn, "NumberOfNotificationsFailedToRedriveToDlq");
      return this.#finish(lane, number);
    }
    recordMetric(this.#host, topicArn, "NumberOfNotificationsFailed");
    if (deadLetterQueue(subscription.attributes) === undefined) return this.#finish(lane, number);
    const dueAt = this.#host.clock.now();
    this.#store.update(number, { ...delivery, stage: "dead-letter-queue", attempts: 0, dueAt });
    this.#schedule(lane, dueAt);
  }

  #finish(lane: Lane, number: number): void {
    this.#store.finish(number);
    lane.waiting.shift();
    const next = lane.waiting[0];
    if (next === undefined) this.#lanes.delete(lane.name);
    else this.#schedule(lane, this.#store.find(next)?.delivery.dueAt ?? 0);
  }
}

/** How long after a failed attempt the next one is made; undefined: no more. */
function retryDelay(
  { protocol, attributes }: Subscription,
  { stage }: Delivery,
  attempts: number,
  topicPolicy: string | undefined,
): number | undefined {
  if (stage === "dead-letter-queue" || !protocol.startsWith("http")) return managedRetryDelay(attempts);
  return retryDelays(httpPolicy(topicPolicy, attributes.DeliveryPolicy || undefined).retry)[attempts - 1];
}
