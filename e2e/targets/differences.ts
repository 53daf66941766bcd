import { currentTarget, type SuiteTargetName } from "./index.ts";

/** What a target does not do as AWS does, and the suites therefore do not ask of it. */
export interface Difference {
  readonly on: readonly SuiteTargetName[];
  /** What AWS does. */
  readonly what: string;
  /** What the target does instead, as it was seen. */
  readonly reason: string;
}

/** All differences between targets. The report of a run prints those of its target. */
export const DIFFERENCES = {
  "usage-plan-limits": {
    on: ["localstack"],
    what: "API Gateway answers 429 beyond a usage plan's throttle and quota.",
    reason:
      "LocalStack's free edition checks API keys, but enforces neither the throttle nor the quota of a usage plan.",
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type DifferenceId = keyof typeof DIFFERENCES;

export const differencesOf = (target: SuiteTargetName): [DifferenceId, Difference][] =>
  (Object.entries(DIFFERENCES) as [DifferenceId, Difference][]).filter(([, { on }]) => on.includes(target));

/** Whether the target of this run differs in this. */
export const differs = (id: DifferenceId): boolean => (DIFFERENCES[id] as Difference).on.includes(currentTarget());
