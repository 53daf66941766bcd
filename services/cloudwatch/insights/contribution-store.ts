import type { Host } from "../../../emulator/model/context.ts";
import type { Contributed, InsightRule } from "../../../emulator/runtime/contributions.ts";
import type { MetricScope } from "../../../emulator/runtime/metrics.ts";
import { Tally, type StoredTally } from "../../../emulator/runtime/tally.ts";
import type { KeyPart, Table } from "../../../emulator/storage/storage.ts";

/** How long what was contributed in a minute is known. */
const CONTRIBUTIONS_KEPT_MS = 15 * 24 * 3_600_000;

/** The rules of Contributor Insights of one account and region, and who contributed to them in which minute. */
export class ContributionStore {
  readonly #scope: MetricScope;
  readonly #host: Pick<Host, "clock" | "contributions" | "storage">;
  readonly #tallies: Table<StoredTally>;

  constructor(host: Pick<Host, "clock" | "contributions" | "storage">, { account, region }: MetricScope) {
    this.#scope = { account, region };
    this.#host = host;
    this.#tallies = host.storage.table("cloudwatch/contributions");
  }

  /** In the order of their names. */
  rules(): InsightRule[] {
    return this.#host.contributions.rules(this.#scope).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  rule(name: string): InsightRule | undefined {
    return this.#host.contributions.rules(this.#scope).find((rule) => rule.name === name);
  }

  /** Adds to what is known of a minute. */
  add({ rule, minute, tally }: Contributed): void {
    const key = [this.#scope.account, this.#scope.region, rule, minute];
    const known = this.#tallies.get(key);
    if (known === undefined) return this.#tallies.put(key, tally.stored());
    const merged = new Tally();
    merged.merge(known);
    merged.merge(tally.stored());
    this.#tallies.put(key, merged.stored());
  }

  /** The minutes that begin from `from` to before `to` (epoch milliseconds), in order of time; none of a rule that is not there. */
  *minutes(rule: string, from: number, to: number): Generator<{ minute: number; tally: StoredTally }> {
    if (this.rule(rule) === undefined) return;
    const of = [this.#scope.account, this.#scope.region, rule];
    const oldest = this.#host.clock.now() - CONTRIBUTIONS_KEPT_MS;
    for (const { key, value } of this.#tallies.range({ start: [...of, Math.max(from, oldest)], end: [...of, to] })) {
      yield { minute: Number(key[3]), tally: value };
    }
  }

  /** Forgets all that was contributed to a rule. */
  forget(rule: string): void {
    const of = [this.#scope.account, this.#scope.region, rule];
    this.#host.storage.write(() => {
      for (const { key } of [...this.#tallies.under(of)]) this.#tallies.remove(key);
    });
  }

  /** The keys of all minutes behind the place `after`, to be given to `sweep`. */
  static keys(host: Pick<Host, "storage">, after: readonly KeyPart[] | undefined, limit: number): KeyPart[][] {
    const table = host.storage.table<StoredTally>("cloudwatch/contributions");
    return [...table.keys({ ...(after && { start: after, exclusiveStart: true }), limit })];
  }

  /** Removes those of the minutes that are too old. */
  static sweep(host: Pick<Host, "storage" | "clock">, keys: readonly KeyPart[][]): void {
    const table = host.storage.table<StoredTally>("cloudwatch/contributions");
    const oldest = host.clock.now() - CONTRIBUTIONS_KEPT_MS;
    host.storage.write(() => {
      for (const key of keys) if (Number(key[3]) < oldest) table.remove(key);
    });
  }
}
