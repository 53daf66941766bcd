import type { Host } from "../../../emulator/model/context.ts";
import type { MetricScope } from "../../../emulator/runtime/metrics.ts";
import { attributeOf, textOf, type Item } from "../attribute-value.ts";
import type { WriteUnits } from "../capacity.ts";
import type { KeyAttribute } from "../expressions/index.ts";
import { hasKeys } from "../item-keys.ts";
import type { ItemChange, StoredItem } from "../item-store.ts";
import type { Index, Table } from "../model.ts";
import { insightsOf, type Subject } from "./model.ts";
import { ruleName } from "./rules.ts";

/**
 * Whom a part of a request is counted for: the key of an item (it may have more), the partition key of a query, or all items that a
 * scan has read.
 */
export type Contributor = Item | readonly StoredItem[];

/** A write unit counts as much as three read units. @see "ConsumedThroughputUnits" */
const WRITE_WEIGHT = 3;

/**
 * Counts what keys consume and how often they are throttled, for the tables and indexes whose contributor insights are on.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/contributorinsights_HowItWorks.html
 */
export class KeyCounts {
  readonly #host: Pick<Host, "clock" | "contributions">;
  readonly #scope: MetricScope;

  constructor(host: Pick<Host, "clock" | "contributions">, { account, region }: MetricScope) {
    this.#host = host;
    this.#scope = { account, region };
  }

  /** @param index a global one; local indexes live on the capacity of their table */
  read(table: Table, index: Index | undefined, units: number, by: Contributor): void {
    const subject = { table, index };
    if (!isScan(by)) return this.#consumed(subject, by, units);
    const bytes = by.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { item, sizeBytes } of by) this.#consumed(subject, item, (units * sizeBytes) / bytes);
  }

  wrote(
    table: Table,
    by: Item,
    { table: ofTable, indexes }: WriteUnits,
    { old, next }: ItemChange,
    factor: number,
  ): void {
    let units = ofTable;
    for (const [index, taken] of indexes) {
      if (index.kind === "local") units += taken;
      else if (index.insights !== undefined) this.#wroteEntries({ table, index }, taken * factor, { old, next });
    }
    this.#consumed({ table, index: undefined }, by, WRITE_WEIGHT * units * factor);
  }

  /** A condition of a transaction takes write units, though nothing is written. */
  checked(table: Table, by: Item, units: number): void {
    this.#consumed({ table, index: undefined }, by, WRITE_WEIGHT * units);
  }

  /** An entry that moves is written in both places. */
  #wroteEntries({ table, index }: Subject & { readonly index: Index }, units: number, { old, next }: ItemChange): void {
    const entries = [old?.item, next?.item]
      .filter((item) => item !== undefined)
      .filter((item) => hasKeys(item, index.keys));
    for (const item of entries) this.#consumed({ table, index }, item, (WRITE_WEIGHT * units) / entries.length);
  }

  /** A request, or the part of one, that was not served; a scan that was not names no key. */
  throttled(table: Table, index: Index | undefined, by: Contributor): void {
    if (!isScan(by)) this.#count({ table, index }, "T", by, 1);
  }

  #consumed(subject: Subject, item: Item, units: number): void {
    if (insightsOf(subject)?.mode !== "THROTTLED_KEYS") this.#count(subject, "C", item, units);
  }

  #count(subject: Subject, what: "C" | "T", item: Item, value: number): void {
    const since = insightsOf(subject)?.rulesSince;
    if (since === undefined) return;
    const { keys } = subject.index ?? subject.table;
    const now = this.#host.clock.now();
    const partition = keyText(item, keys.partition);
    if (partition === undefined) return;
    const { contributions } = this.#host;
    contributions.add(this.#scope, ruleName(`PK${what}`, subject, since), [partition], value, now);
    const sort = keyText(item, keys.sort);
    if (sort === undefined) return; // a query is about no item
    contributions.add(this.#scope, ruleName(`SK${what}`, subject, since), [partition, sort], value, now);
  }
}

const isScan = (by: Contributor): by is readonly StoredItem[] => Array.isArray(by);

/** The values of a key, one after the other; undefined where the item has not all of them. */
function keyText(item: Item, attributes: readonly KeyAttribute[]): string | undefined {
  const values = attributes.map(({ name }) => attributeOf(item, name)).filter((value) => value !== undefined);
  return values.length === 0 || values.length < attributes.length ? undefined : values.map(textOf).join(",");
}
