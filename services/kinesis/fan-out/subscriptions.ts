import type { AwsError } from "../../../emulator/model/errors.ts";

/** For so long after a successful call there is no other one for the same consumer and shard. */
const EXCLUSIVE_MS = 5_000;
/** How long a subscription lasts. */
export const LIFETIME_MS = 300_000;
/** How long after its end it waits for a reader who has not taken yet what came before. */
export const READER_GRACE_MS = 5_000;
const OVER_MS = LIFETIME_MS + READER_GRACE_MS;

/** What a consumer has with one shard from one call on. Its events wait here for something to happen. */
export class Subscription {
  readonly startedAt: number;
  readonly #ended = new AbortController();
  #isRung = false;
  #wake: (() => void) | undefined;

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  /** Aborted when somebody has ended it; the reason is the AwsError that says why. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  end(failure: AwsError): void {
    this.#ended.abort(failure);
    this.ring();
  }

  /** Something may have happened: whoever waits looks again. */
  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  /** Waits until it rings, or returns at once when it has since the last time. */
  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    this.#isRung = false;
  }
}

/** Who is subscribed to which shard, in one account and region: the last subscription of each consumer to each shard. */
export class Subscriptions {
  readonly #byConsumer = new Map<string, Map<number, Subscription>>();

  /**
   * Takes the place of an earlier subscription of the consumer to the shard, which ends with `failure`.
   * @returns undefined when the earlier one is too young for that
   */
  begin(consumerArn: string, shardNumber: number, now: number, failure: AwsError): Subscription | undefined {
    let shards = this.#byConsumer.get(consumerArn);
    if (!shards) this.#byConsumer.set(consumerArn, (shards = new Map<number, Subscription>()));
    // those of shards that are closed have nobody who takes their place
    for (const [number, { startedAt }] of shards) if (now - startedAt > OVER_MS) shards.delete(number);
    const earlier = shards.get(shardNumber);
    const age = earlier ? now - earlier.startedAt : EXCLUSIVE_MS;
    // a clock that was set back keeps nobody out
    if (age >= 0 && age < EXCLUSIVE_MS) return undefined;
    earlier?.end(failure);
    const subscription = new Subscription(now);
    shards.set(shardNumber, subscription);
    return subscription;
  }

  /** From now on nobody is kept out by this subscription. */
  giveUp(consumerArn: string, shardNumber: number, subscription: Subscription): void {
    const shards = this.#byConsumer.get(consumerArn);
    if (shards?.get(shardNumber) === subscription) shards.delete(shardNumber);
  }

  /** Ends what a consumer has. */
  end(consumerArn: string, failure: AwsError): void {
    for (const subscription of this.#byConsumer.get(consumerArn)?.values() ?? []) subscription.end(failure);
    this.#byConsumer.delete(consumerArn);
  }
}
