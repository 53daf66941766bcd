import type { MetricScope } from "./metrics.ts";
import { Tally } from "./tally.ts";

const MINUTE_MS = 60_000;
/** Minutes of rules that wait: beyond these, they are handed over at once. */
const MOST_PENDING = 1_000;

/** The quota of a region. */
export const MOST_INSIGHT_RULES = 100;

/** A rule of CloudWatch's Contributor Insights. */
export interface InsightRule {
  readonly name: string;
  /** JSON. */
  readonly definition: string;
  /** A service keeps it and contributes to it by itself; the others are the customer's, over log events. */
  readonly isManaged: boolean;
  readonly isEnabled: boolean;
  readonly keyLabels: readonly string[];
  readonly aggregateOn: "Count" | "Sum";
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

export interface LoggedEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

type LogReader = (scope: MetricScope, groupName: string, events: readonly LoggedEvent[]) => void;
type RuleSource = (scope: MetricScope) => Iterable<InsightRule>;

/**
 * Who contributes how much to what, for CloudWatch's Contributor Insights: services count here, by the minute, and tell which rules
 * they keep. CloudWatch takes the counts every few seconds and before it answers.
 */
export class Contributions {
  readonly #sources: RuleSource[] = [];
  #pending = new Map<string, Contributed>();
  #readLogs: LogReader | undefined;
  #onPending: ((full: boolean) => void) | undefined;

  /** Tells where the rules of a service are asked for. */
  keep(source: RuleSource): void {
    this.#sources.push(source);
  }

  /** All rules that there are, whoever keeps them. */
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

  /** CloudWatch says how it reads log events for the rules that are about them. */
  whenLogged(reader: LogReader): void {
    this.#readLogs = reader;
  }

  /** Events have been put into a log group. */
  logged({ account, region }: MetricScope, groupName: string, events: readonly LoggedEvent[]): void {
    this.#readLogs?.({ account, region }, groupName, events);
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
