import type { Storage, Table } from "../../emulator/storage/storage.ts";
import type { SubscriptionFilter } from "./model.ts";

/** Events on their way to the destination of a subscription filter. */
export interface Delivery {
  readonly account: string;
  readonly region: string;
  readonly groupArn: string;
  readonly stream: string;
  readonly filter: SubscriptionFilter;
  /** JSON: what the destination is told. */
  readonly payload: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly failures: number;
}

export type DeliveryKey = readonly [dueAt: number, id: string];

export interface Queued {
  readonly key: DeliveryKey;
  readonly delivery: Delivery;
}

/** Deliveries of all accounts and regions, by the time when they are due. Kept until they are done. */
export class DeliveryStore {
  readonly #storage: Storage;
  readonly #table: Table<Delivery>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#table = storage.table("logs/deliveries");
  }

  put(dueAt: number, id: string, delivery: Delivery): void {
    this.#table.put([dueAt, id], delivery);
  }

  /** In the order in which they are due. */
  *keysInOrder(): Generator<DeliveryKey> {
    for (const key of this.#table.keys()) yield key as unknown as DeliveryKey;
  }

  get(key: DeliveryKey): Delivery | undefined {
    return this.#table.get(key);
  }

  remove({ key }: Queued): void {
    this.#table.remove(key);
  }

  postpone(queued: Queued, dueAt: number): void {
    this.#storage.write(() => {
      this.remove(queued);
      this.put(dueAt, queued.key[1], { ...queued.delivery, failures: queued.delivery.failures + 1 });
    });
  }
}
