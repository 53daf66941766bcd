import type { Host } from "../../../emulator/model/context.ts";
import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import type { InsightRule, LoggedEvent } from "../../../emulator/runtime/contributions.ts";
import type { MetricScope } from "../../../emulator/runtime/metrics.ts";
import type { Table } from "../../../emulator/storage/storage.ts";
import { parseLogRule } from "./log-rule.ts";

/** A rule over log events that a customer has put. */
export interface OwnRule {
  readonly name: string;
  /** JSON. */
  readonly definition: string;
  readonly isEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

const MOST_CONTRIBUTORS = 100;

const logRule = cachedByText(parseLogRule);

/** The customer's own rules of one account and region. */
export class OwnRules {
  readonly #host: Pick<Host, "contributions" | "storage">;
  readonly #scope: MetricScope;
  readonly #rules: Table<OwnRule>;

  constructor(host: Pick<Host, "contributions" | "storage">, { account, region }: MetricScope) {
    this.#host = host;
    this.#scope = { account, region };
    this.#rules = host.storage.table("cloudwatch/insight-rules");
  }

  get(name: string): OwnRule | undefined {
    return this.#rules.get([this.#scope.account, this.#scope.region, name]);
  }

  *all(): Generator<OwnRule> {
    for (const { value } of this.#rules.under([this.#scope.account, this.#scope.region])) yield value;
  }

  put(rule: OwnRule): void {
    this.#rules.put([this.#scope.account, this.#scope.region, rule.name], rule);
  }

  remove(name: string): void {
    this.#rules.remove([this.#scope.account, this.#scope.region, name]);
  }

  *shown(): Generator<InsightRule> {
    for (const { name, definition, isEnabled } of this.all()) {
      const { keys: keyLabels, aggregateOn } = logRule(definition);
      yield {
        name,
        definition,
        isEnabled,
        isManaged: false,
        keyLabels,
        aggregateOn,
        mostContributors: MOST_CONTRIBUTORS,
      };
    }
  }

  /** Counts what events of a log group say, for the rules that are enabled. */
  read(groupName: string, events: readonly LoggedEvent[]): void {
    for (const { name, definition, isEnabled } of this.all()) {
      if (!isEnabled) continue;
      const rule = logRule(definition);
      if (!rule.readsGroup(groupName)) continue;
      for (const { message, timestamp } of events) {
        const found = rule.contribution(message);
        if (found) this.#host.contributions.add(this.#scope, name, found.keys, found.value, timestamp);
      }
    }
  }
}
