import type { Host } from "../../../emulator/model/context.ts";
import type { Item } from "../attribute-value.ts";
import { itemKey } from "../item-keys.ts";
import { spaceRange, type SizedItem } from "../item-store.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { storeOf } from "../stores.ts";
import { tableArn } from "../table-name.ts";
import {
  alreadyTable,
  localRegion,
  notReplica,
  notScaled,
  protectedReplica,
  regionNotSupported,
  replicaInUse,
  wasSource,
} from "./errors.ts";
import { REPLICA_REGIONS } from "./regions.ts";

/** For so long the source of a replica has to stay, unless the replica goes before. */
const SOURCE_MS = 24 * 60 * 60 * 1000;
/** Items that one transaction copies. */
const ITEMS_AT_ONCE = 500;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** A table of a global table in another region, with where it is kept. */
export interface Member {
  readonly store: DynamoDbStore;
  readonly table: Table;
}

/**
 * The replicas that tables of one account and region have in others. A write is done in all of them in one transaction, so that
 * they never differ: there is no conflict in which the last writer would have to win.
 */
export class Replicas {
  readonly #store: DynamoDbStore;
  readonly #host: Host;

  constructor(store: DynamoDbStore, host: Host) {
    this.#store = store;
    this.#host = host;
    for (const { name, filling } of store.tables()) {
      if (filling?.kind === "replica") this.#begin(name);
    }
  }

  /** The other tables of a global table, those that are going excepted. */
  members({ name, replicas = [] }: Table): Member[] {
    return replicas.flatMap(({ region }) => {
      const store = this.#in(region);
      const table = store.findTable(name);
      return table === undefined || table.status === "DELETING" ? [] : [{ store, table }];
    });
  }

  /**
   * Does a write in the other tables, too. To be called in its transaction.
   * @param keys an item with the keys of what is written; none where what is deleted is not there
   */
  spread(table: Table, keys: Item | undefined, next: SizedItem | undefined): void {
    if (keys === undefined) return;
    for (const { store, table: replica } of this.members(table)) {
      store.items.replicate(replica, itemKey(replica, keys), next);
    }
  }

  /**
   * Makes a replica, to be filled with the items of the table. To be called in a transaction.
   * @returns the table, which has its changes recorded from now on
   * @throws AwsError ValidationException, ResourceInUseException
   */
  create(source: Table, region: string, withOverrides: (replica: Table) => Table): Table {
    if (region === this.#store.region) throw localRegion();
    if (!REPLICA_REGIONS.has(region)) throw regionNotSupported(region);
    const target = this.#in(region);
    if (target.findTable(source.name) !== undefined) throw alreadyTable(source.name);
    this.checkSettled(source);
    if (source.billingMode === "PROVISIONED") throw notScaled();

    const now = this.#host.clock.now();
    const stream =
      source.stream?.enabled === true ? source.stream : this.#store.streams.enable(source, "NEW_AND_OLD_IMAGES");
    const others = source.replicas ?? [];
    const replica = withOverrides(this.#replicaOf(source, target, now));
    target.putTable({
      ...replica,
      replicas: [{ region: this.#store.region }, ...others.map((other) => ({ region: other.region }))],
      stream: target.streams.enable(replica, stream.viewType),
    });
    for (const { store, table } of this.members(source)) {
      store.putTable({ ...table, replicas: [...(table.replicas ?? []), { region }] });
    }
    target.replicas.#begin(source.name);
    return { ...source, stream, replicas: [...others, { region, sourcedAt: now }] };
  }

  #replicaOf(source: Table, target: DynamoDbStore, now: number): Table {
    const { name, attributeTypes, keys, indexes, billingMode, throughput, onDemand, warm, hasManagedKey, tableClass } =
      source;
    return {
      name,
      arn: tableArn(target, name),
      id: this.#host.ids.uuid(),
      space: target.allocateSpace(),
      status: "CREATING",
      attributeTypes,
      keys,
      indexes: indexes
        .filter(({ status }) => status !== "DELETING")
        .map(({ backfill: _none, insights: _own, ...index }) => ({
          ...index,
          space: target.allocateSpace(),
          status: index.kind === "local" ? ("ACTIVE" as const) : ("CREATING" as const),
        })),
      billingMode,
      billingModeSet: true,
      throughput,
      ...(onDemand && { onDemand }),
      ...(warm && { warm }),
      ...(hasManagedKey && { hasManagedKey }),
      ...(tableClass && { tableClass }),
      deletionProtection: false,
      createdAt: now,
      tags: {},
      filling: { kind: "replica", sourceRegion: this.#store.region },
    };
  }

  /** Deletes a replica. To be called in a transaction. @returns the table without it. @throws AwsError ValidationException */
  delete(table: Table, region: string): Table {
    if (region === this.#store.region) throw localRegion();
    const target = this.#in(region);
    const replica = target.findTable(table.name);
    if (!table.replicas?.some((each) => each.region === region) || replica === undefined) throw notReplica(region);
    this.checkSettled(table);
    if (replica.deletionProtection) throw protectedReplica(table.name, region);
    target.replicas.checkNoSource(replica);
    target.replicas.leave(replica);
    target.putTable({ ...withoutReplicas(replica), status: "DELETING" });
    target.lifecycle.begin(replica.name);
    return this.#store.findTable(table.name) ?? table;
  }

  /** No change while a replica is being made. @throws AwsError ResourceInUseException */
  checkSettled(table: Table): void {
    if (this.members(table).some(({ table: replica }) => replica.status !== "ACTIVE")) throw replicaInUse();
  }

  /** @throws AwsError ValidationException, where a replica that was made from this table would be left alone */
  checkNoSource({ replicas = [] }: Table): void {
    const since = this.#host.clock.now() - SOURCE_MS;
    if (replicas.some(({ sourcedAt }) => sourcedAt !== undefined && sourcedAt > since)) throw wasSource();
  }

  /** The table goes: the others know it no more. To be called in a transaction. */
  leave(table: Table): void {
    for (const { store, table: other } of this.members(table)) {
      const replicas = (other.replicas ?? []).filter(({ region }) => region !== this.#store.region);
      store.putTable(replicas.length > 0 ? { ...other, replicas } : withoutReplicas(other));
    }
  }

  #in(region: string): DynamoDbStore {
    return storeOf(this.#host, { account: this.#store.account, region });
  }

  #begin(name: string): void {
    this.#host.scheduler.after(0, () => this.#step(name));
  }

  /** Copies the next items of the source. What is written meanwhile is written here as well. */
  #step(name: string): void {
    const table = this.#store.findTable(name);
    if (table?.filling?.kind !== "replica" || table.status !== "CREATING") return;
    const { filling } = table;
    const from = this.#in(filling.sourceRegion);
    const source = from.findTable(name);
    const isDone = this.#store.write(() => {
      const range = source && spaceRange(source.space, filling.after);
      const chunk = range === undefined ? [] : from.items.chunk(range, ITEMS_AT_ONCE, BYTES_AT_ONCE);
      for (const { item, sizeBytes } of chunk) {
        this.#store.items.replicate(table, itemKey(table, item), { item, sizeBytes });
      }
      const last = chunk.at(-1);
      const { filling: _filled, ...filled } = table;
      const isFilled = source === undefined || last === undefined;
      this.#store.putTable(
        isFilled ? filled : { ...table, filling: { ...filling, after: itemKey(source, last.item) } },
      );
      if (isFilled) this.#takeTimeToLive(source, filled);
      return isFilled;
    });
    if (isDone) this.#store.lifecycle.begin(name);
    else this.#begin(name);
  }

  /** In the transaction that opens the replica: one that is open has all that it shares. */
  #takeTimeToLive(source: Table | undefined, replica: Table): void {
    const timeToLive = source?.timeToLive;
    if (timeToLive === undefined || timeToLive.status === "DISABLING" || replica.timeToLive !== undefined) return;
    this.#store.timesToLive.update(replica, timeToLive.attribute, true);
    // it was changed when that of the others was
    const enabled = this.#store.findTable(replica.name) ?? replica;
    this.#store.putTable({ ...enabled, timeToLiveChangedAt: source?.timeToLiveChangedAt });
  }
}

export function withoutReplicas(table: Table): Table {
  const { replicas: _none, ...rest } = table;
  return rest;
}
