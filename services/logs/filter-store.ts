import type { Storage, Table } from "../../emulator/storage/storage.ts";
import type { MetricFilter, SubscriptionFilter } from "./model.ts";

interface Named {
  readonly name: string;
}

/** The filters of one kind, by the id of their group and their name. */
export class FilterStore<F extends Named> {
  readonly #scope: readonly [account: string, region: string];
  readonly #filters: Table<F>;
  /** Every PutLogEvents asks, and most groups have none. */
  readonly #known = new Map<string, readonly F[]>();

  constructor(storage: Storage, scope: readonly [string, string], table: string) {
    this.#scope = scope;
    this.#filters = storage.table(table);
  }

  /** In the order of their names. */
  of(groupId: string): readonly F[] {
    let filters = this.#known.get(groupId);
    if (!filters) {
      filters = [...this.#filters.under([...this.#scope, groupId])].map(({ value }) => value);
      this.#known.set(groupId, filters);
    }
    return filters;
  }

  get(groupId: string, name: string): F | undefined {
    return this.#filters.get([...this.#scope, groupId, name]);
  }

  put(groupId: string, filter: F): void {
    this.#known.delete(groupId);
    this.#filters.put([...this.#scope, groupId, filter.name], filter);
  }

  /** @returns whether there was one */
  remove(groupId: string, name: string): boolean {
    this.#known.delete(groupId);
    return this.#filters.remove([...this.#scope, groupId, name]);
  }

  clear(groupId: string): void {
    this.#known.delete(groupId);
    this.#filters.clear([...this.#scope, groupId]);
  }
}

export const metricFilters = (storage: Storage, scope: readonly [string, string]) =>
  new FilterStore<MetricFilter>(storage, scope, "logs/metric-filters");

export const subscriptionFilters = (storage: Storage, scope: readonly [string, string]) =>
  new FilterStore<SubscriptionFilter>(storage, scope, "logs/subscription-filters");
