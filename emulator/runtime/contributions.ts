import type { MetricScope } from "./metrics.ts";
import { Tally } from "./tally.ts";

const MINUTE_MS = 60_000;
/** Minutes of rules that wait: beyond these, they are handed over at once. */
const MOST_PENDING = 1_000;

/** A rule of CloudWatch's Contributor Insights that a service keeps, and contributes to itself. */
export interface InsightRule {
  readonly name: string;
  /** JSON. */
  readonly definition: string;
  readonly keyLabels: readonly string[];
  /** What a report may ask for. */
  readonly mostContributors: number;
}

/** What was contributed to one rule in one minute (epoch milliseconds of its start). */
export interface Contributed {
  readonly scope: MetricScope;
  readonly rule: string;
  readonly minute: number;
  readonly tally: Tally;
}

type RuleSource = (scope: MetricScope) => Iterable<InsightRule>;

/**
 * Who contributes how much to what, for CloudWatch's Contributor Insights: services count here, by the minute, and tell which rules
 * they keep. CloudWatch takes the counts every few seconds and before it answers.
 */
export class Contributions {
  readonly #sources: RuleSource[] = [];
  #pending = new Map<string, Contributed>();
  #onPending: ((full: boolean) => void) | undefined;

  /** Tells where the rules of a service are asked for. */
  keep(source: RuleSource): void {
    this.#sources.push(source);
  }

  rules(scope: MetricScope): InsightRule[] {
    return this.#sources.flatMap((source) => [...source(scope)]);
  }

  add({ account, region }: MetricScope, rule: string, keys: readonly string[], value: number, atMs: number): void {
    const minute = atMs - (atMs % MINUTE_MS);
    const id = `${account} ${region} ${minute} ${rule}`;
    let pending = this.#pending.get(id);
    if (pending === undefined) {
      pending = { scope: { account, region }, rule, minute, tally: new Tally() };
      this.#pending.set(id, pending);
      const full = this.#pending.size === MOST_PENDING;
      if (full || this.#pending.size === 1) this.#onPending?.(full);
    }
    pending.tally.add(keys, value);
  }

  /** Everything that was contributed since the last time. */
  drain(): Contributed[] {
    const pending = [...this.#pending.values()];
    this.#pending = new Map();
    return pending;
  }

  /** CloudWatch says how it learns that something waits; `full`: so much that it has to be taken soon. */
  whenPending(listener: (full: boolean) => void): void {
    this.#onPending = listener;
  }
}
