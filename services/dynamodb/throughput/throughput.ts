import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { WriteUnits } from "../capacity.ts";
import { warmThroughputOf } from "../capacity-settings.ts";
import type { Contributor, KeyCounts } from "../contributor-insights/key-counts.ts";
import { isCounted } from "../contributor-insights/model.ts";
import type { Item } from "../attribute-value.ts";
import { PARTITION_PREFIX_BYTES, entryPartition, hasKeys } from "../item-keys.ts";
import type { ItemChange, ItemStore } from "../item-store.ts";
import type { Index, Table } from "../model.ts";
import { Measure } from "./measure.ts";
import { OnDemandPeak } from "./on-demand-peak.ts";
import { Partitions } from "./partitions.ts";
import { throttled, type Direction, type LimitType, type Throttle } from "./throttle.ts";

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html */
const BURST_SECONDS = 300;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const PARTITION_UNITS = { Read: 3_000, Write: 1_000 } as const;
/** The quota of a table, unless AWS raises it. */
const MOST_ON_DEMAND_UNITS = 40_000;

/** One direction of a table or a global index. */
class Flow {
  readonly provisioned: Measure;
  readonly onDemand: Measure;
  readonly peak = new OnDemandPeak();
  readonly partitions = new Partitions();

  constructor(since: number) {
    this.provisioned = new Measure(BURST_SECONDS, since);
    this.onDemand = new Measure(1, since);
  }
}

/** What a part of a request asks of one measure. */
interface Need {
  readonly measure: Measure;
  readonly units: number;
  readonly rate: number;
  readonly peak?: OnDemandPeak;
  readonly throttle: Throttle;
}

/** What hears of what was taken, and of what could not be. */
interface Listeners {
  readonly keyCounts: KeyCounts;
  readonly onThrottle: (throttle: Throttle) => void;
}

/**
 * Whether tables and global indexes have the capacity that requests need: with `--dynamodb-limits on`. Kept in memory; after a
 * restart it is as if nobody had taken anything before. Contributor insights hear by whom it is taken, where the caller says so:
 * they do not see requests of PartiQL.
 */
export class Throughput {
  readonly #isLimited: boolean;
  readonly #clock: Clock;
  readonly #items: ItemStore;
  readonly #keyCounts: KeyCounts;
  readonly #onThrottle: Listeners["onThrottle"];
  /** By the space of the table or index. */
  readonly #flows = new Map<number, Record<Direction, Flow>>();

  constructor(host: { dynamodbLimits: boolean; clock: Clock }, items: ItemStore, { keyCounts, onThrottle }: Listeners) {
    this.#isLimited = host.dynamodbLimits;
    this.#clock = host.clock;
    this.#items = items;
    this.#keyCounts = keyCounts;
    this.#onThrottle = onThrottle;
  }

  /**
   * Takes the capacity of a write that is about to be done, from its table and from the global indexes that it changes.
   * @returns why there is none
   */
  takeWrite(table: Table, key: Uint8Array, { old, next }: ItemChange, factor = 1, by?: Item): Throttle | undefined {
    const counted = countedOf(table, by);
    if (!this.#isLimited && counted === undefined) return undefined;
    const units = this.#items.unitsOf(table, old, next);
    const throttle = this.#isLimited ? this.#takeUnits(table, key, units, { old, next }, factor) : undefined;
    if (counted === undefined) return throttle;
    if (throttle === undefined) this.#keyCounts.wrote(table, counted, units, { old, next }, factor);
    else if (throttle.indexName === undefined) this.#keyCounts.throttled(table, undefined, counted);
    return throttle;
  }

  #takeUnits(
    table: Table,
    key: Uint8Array,
    units: WriteUnits,
    { old, next }: ItemChange,
    factor: number,
  ): Throttle | undefined {
    let ofTable = units.table;
    const needs: Need[] = [];
    for (const [index, taken] of units.indexes) {
      if (index.kind === "local") ofTable += taken;
      else
        needs.push(...this.#needs("Write", table, index, taken * factor, partitionsIn(index, old?.item, next?.item)));
    }
    needs.unshift(
      ...this.#needs("Write", table, undefined, ofTable * factor, [key.subarray(0, PARTITION_PREFIX_BYTES)]),
    );
    return this.#take(needs);
  }

  /** Takes the capacity of a check of an item that is left as it is. @returns why there is none */
  takeCheck(table: Table, key: Uint8Array, units: number, by?: Item): Throttle | undefined {
    const throttle = this.#isLimited
      ? this.#take(this.#needs("Write", table, undefined, units, [key.subarray(0, PARTITION_PREFIX_BYTES)]))
      : undefined;
    const counted = countedOf(table, by);
    if (counted === undefined) return throttle;
    if (throttle === undefined) this.#keyCounts.checked(table, counted, units);
    else this.#keyCounts.throttled(table, undefined, counted);
    return throttle;
  }

  /**
   * Takes the capacity of a read that was done, of whose answer nobody knows yet.
   * @param partition that all of it was in; undefined for a scan
   * @returns why there is none
   */
  takeRead(
    table: Table,
    index: Index | undefined,
    units: number,
    partition: Uint8Array | undefined,
    by?: Contributor,
  ): Throttle | undefined {
    const counted = countedOf(table, by);
    if (!this.#isLimited && counted === undefined) return undefined;
    const prefix = partition?.subarray(0, PARTITION_PREFIX_BYTES);
    // local indexes live on the capacity of their table
    const of = index?.kind === "global" ? index : undefined;
    const throttle = this.#isLimited
      ? this.#take(this.#needs("Read", table, of, units, prefix === undefined ? [] : [prefix]))
      : undefined;
    if (counted === undefined) return throttle;
    if (throttle === undefined) this.#keyCounts.read(table, of, units, counted);
    else this.#keyCounts.throttled(table, of, counted);
    return throttle;
  }

  /** @throws AwsError ProvisionedThroughputExceededException, ThrottlingException */
  checkWrite(...write: Parameters<Throughput["takeWrite"]>): void {
    const throttle = this.takeWrite(...write);
    if (throttle !== undefined) throw throttled(throttle);
  }

  /** @throws AwsError ProvisionedThroughputExceededException, ThrottlingException */
  checkRead(...read: Parameters<Throughput["takeRead"]>): void {
    const throttle = this.takeRead(...read);
    if (throttle !== undefined) throw throttled(throttle);
  }

  /** A table that is gone. */
  forget(table: Table): void {
    for (const { space } of [table, ...table.indexes]) this.#flows.delete(space);
  }

  #take(needs: readonly Need[]): Throttle | undefined {
    const now = this.#clock.now();
    let first: Throttle | undefined;
    for (const { measure, units, rate, throttle } of needs) {
      if (measure.has(units, rate, now)) continue;
      first ??= throttle;
      this.#onThrottle(throttle);
    }
    if (first !== undefined) return first;
    for (const { measure, units, peak } of needs) {
      measure.take(units);
      peak?.took(units, now);
    }
    return undefined;
  }

  #needs(
    direction: Direction,
    table: Table,
    index: Index | undefined,
    units: number,
    partitions: readonly Uint8Array[],
  ): Need[] {
    const now = this.#clock.now();
    const flow = this.#flow((index ?? table).space, table.createdAt)[direction];
    const isProvisioned = table.billingMode === "PROVISIONED";
    const throttle = (limit: LimitType): Throttle => ({
      direction,
      limit,
      isProvisioned,
      arn: index === undefined ? table.arn : `${table.arn}/index/${index.name}`,
      tableName: table.name,
      indexName: index?.name,
    });
    const whole = isProvisioned
      ? provisionedNeed(direction, index ?? table, flow)
      : onDemandNeed(direction, index ?? table, flow, now);
    const needs: Need[] = [{ ...whole, units, throttle: throttle(whole.limit) }];
    for (const partition of partitions) {
      needs.push({
        measure: flow.partitions.of(partition, now),
        units: units / partitions.length,
        rate: PARTITION_UNITS[direction],
        throttle: throttle("KeyRangeThroughputExceeded"),
      });
    }
    return needs;
  }

  #flow(space: number, since: number): Record<Direction, Flow> {
    let flow = this.#flows.get(space);
    if (flow === undefined) this.#flows.set(space, (flow = { Read: new Flow(since), Write: new Flow(since) }));
    return flow;
  }
}

/** Whom contributor insights of a table hear of. */
const countedOf = <B extends Contributor>(table: Table, by: B | undefined): B | undefined =>
  by !== undefined && isCounted(table) ? by : undefined;

type Whole = Pick<Need, "measure" | "rate" | "peak"> & { readonly limit: LimitType };

function provisionedNeed(direction: Direction, { throughput }: Table | Index, flow: Flow): Whole {
  const rate = (direction === "Read" ? throughput?.readUnits : throughput?.writeUnits) ?? 0;
  return { measure: flow.provisioned, rate, limit: "ProvisionedThroughputExceeded" };
}

function onDemandNeed(
  direction: Direction,
  { onDemand, warm }: Table | Index,
  { onDemand: measure, peak }: Flow,
  now: number,
): Whole {
  const { reads, writes } = warmThroughputOf({ billingMode: "PAY_PER_REQUEST", warm });
  const grown = Math.max(direction === "Read" ? reads : writes, 2 * peak.previous(now));
  const most = direction === "Read" ? onDemand?.reads : onDemand?.writes;
  if (most !== undefined && most < grown) return { measure, peak, rate: most, limit: "MaxOnDemandThroughputExceeded" };
  return grown >= MOST_ON_DEMAND_UNITS
    ? { measure, peak, rate: MOST_ON_DEMAND_UNITS, limit: "AccountLimitExceeded" }
    : { measure, peak, rate: grown, limit: "KeyRangeThroughputExceeded" };
}

/** The partitions of an index that a change of an item touches: those of the entries before and after it. */
function partitionsIn(index: Index, ...items: readonly (Item | undefined)[]): Uint8Array[] {
  const found = items.flatMap((item) => {
    return item !== undefined && hasKeys(item, index.keys) ? [entryPartition(index, item)] : [];
  });
  const [one, other] = found;
  return one !== undefined && other?.equals(one) ? [one] : found;
}
