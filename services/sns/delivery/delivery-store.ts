import type { Storage, Table } from "../../../emulator/storage/storage.ts";
import type { Delivery, Message, SigningKey } from "../model.ts";

/** The first part of every key of a delivery: a key of one part alone does not come back as a list. */
const QUEUE = "queue";

/** Messages on their way, of all accounts, in the order in which they were accepted; and the key that signs them. */
export class DeliveryStore {
  readonly #storage: Storage;
  readonly #messages: Table<Message>;
  /** How many deliveries of a message are still to be made: beside the message, which may be long and is written once. */
  readonly #pending: Table<number>;
  readonly #deliveries: Table<Delivery>;
  readonly #signing: Table<SigningKey>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#messages = storage.table("sns/messages");
    this.#pending = storage.table("sns/pending");
    this.#deliveries = storage.table("sns/deliveries");
    this.#signing = storage.table("sns/signing-keys");
  }

  /** @returns the numbers of the deliveries */
  accept(message: Message, subscriptionArns: readonly string[], lane?: (subscriptionArn: string) => string): number[] {
    if (subscriptionArns.length === 0) return [];
    return this.#storage.write(() => {
      const first = this.#nextNumber();
      this.#messages.put([message.id], message);
      this.#pending.put([message.id], subscriptionArns.length);
      return subscriptionArns.map((subscriptionArn, index) => {
        const delivery: Delivery = {
          messageId: message.id,
          subscriptionArn,
          ...(lane && { lane: lane(subscriptionArn) }),
          stage: "endpoint",
          attempts: 0,
          dueAt: message.publishedAt,
        };
        this.#deliveries.put([QUEUE, first + index], delivery);
        return first + index;
      });
    });
  }

  /** Numbers grow for as long as anything is on its way: more is not needed to keep the order. */
  #nextNumber(): number {
    for (const key of this.#deliveries.keys({ reverse: true, limit: 1 })) return Number(key[1]) + 1;
    return 1;
  }

  *all(): Generator<{ number: number; delivery: Delivery }> {
    for (const { key, value } of this.#deliveries.range()) yield { number: Number(key[1]), delivery: value };
  }

  find(number: number): { delivery: Delivery; message: Message } | undefined {
    const delivery = this.#deliveries.get([QUEUE, number]);
    const message = delivery && this.#messages.get([delivery.messageId]);
    return delivery && message && { delivery, message };
  }

  update(number: number, delivery: Delivery): void {
    this.#deliveries.put([QUEUE, number], delivery);
  }

  /** The delivery is made, or given up. With its last one, a message is forgotten. */
  finish(number: number): void {
    this.#storage.write(() => {
      const delivery = this.#deliveries.get([QUEUE, number]);
      if (!delivery) return;
      this.#deliveries.remove([QUEUE, number]);
      const message = [delivery.messageId];
      const left = (this.#pending.get(message) ?? 1) - 1;
      if (left > 0) return this.#pending.put(message, left);
      this.#pending.remove(message);
      this.#messages.remove(message);
    });
  }

  signingKey(): SigningKey | undefined {
    return this.#signing.get(["current"]);
  }

  putSigningKey(key: SigningKey): void {
    this.#signing.put(["current"], key);
  }
}
