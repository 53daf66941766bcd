import { type LimitId, LIMITS } from "../../localstack/limits.ts";
import { currentTarget, type SuiteTargetName } from "./index.ts";

/** What a target does not do as AWS does, and the suites therefore do not ask of it. */
export interface Difference {
  readonly on: readonly SuiteTargetName[];
  /** What AWS does. */
  readonly what: string;
  /** What the target does instead, as it was seen. */
  readonly reason: string;
}

/** All differences between targets. The report of a run prints those of its target, each with the tests that are left out. */
export const DIFFERENCES = ofLocalstack(
  "bisect",
  "failure-payload",
  "stack-updates",
  "usage-plan-limits",
  "gateway-responses",
  "empty-bodies",
  "firehose-prefixes",
  "firehose-failed-records",
);

function ofLocalstack<Id extends LimitId>(...ids: readonly Id[]) {
  const ofLimit = (id: Id): [Id, Difference] => [
    id,
    { on: ["localstack"], what: LIMITS[id].aws, reason: LIMITS[id].localstack },
  ];
  return Object.fromEntries(ids.map(ofLimit)) as Readonly<Record<Id, Difference>>;
}

export type DifferenceId = keyof typeof DIFFERENCES;

export const differencesOf = (target: SuiteTargetName): [DifferenceId, Difference][] =>
  (Object.entries(DIFFERENCES) as [DifferenceId, Difference][]).filter(([, { on }]) => on.includes(target));

/** Whether the target of this run differs in this. */
export const differs = (id: DifferenceId): boolean => DIFFERENCES[id].on.includes(currentTarget());
