import type { Host } from "../../emulator/model/context.ts";
import { DynamoDbStore } from "./store.ts";

/** The stores of each running emulator: requests and the engine share them, as a store remembers what it has written. */
const stores = new WeakMap<Host, Map<string, DynamoDbStore>>();

/** Those of an emulator that have been asked for. */
export const openStores = (host: Host): Iterable<DynamoDbStore> => stores.get(host)?.values() ?? [];

export function storeOf(host: Host, scope: { readonly account: string; readonly region: string }): DynamoDbStore {
  let opened = stores.get(host);
  if (opened === undefined) stores.set(host, (opened = new Map()));
  const key = `${scope.account} ${scope.region}`;
  let store = opened.get(key);
  if (store === undefined) opened.set(key, (store = new DynamoDbStore(host, scope)));
  return store;
}
