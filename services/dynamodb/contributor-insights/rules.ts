import type { InsightRule } from "../../../emulator/runtime/contributions.ts";
import { insightsOf, type Insights, type Subject } from "./model.ts";

/** Partition keys, or partition and sort keys together; those that consume most, or are throttled most. */
type Kind = "PKC" | "PKT" | "SKC" | "SKT";

const LONGEST_NAME = 128;
/** CloudWatch refuses reports of more contributors of these rules. */
const MOST_CONTRIBUTORS = 25;

/** The end of a long name is left out, so that the whole has room for its time. */
export function ruleName(kind: Kind, { table, index }: Subject, since: number): string {
  const start = `DynamoDBContributorInsights-${kind}-`;
  const end = `-${since}`;
  const resource = index === undefined ? table.name : `${table.name}-${index.name}`;
  return `${start}${resource.slice(0, LONGEST_NAME - start.length - end.length)}${end}`;
}

function kindsOf({ table, index }: Subject, mode: Insights["mode"]): Kind[] {
  const isSorted = (index ?? table).keys.sort.length > 0;
  return (["PKC", "PKT", "SKC", "SKT"] as const).filter(
    (kind) => (isSorted || kind.startsWith("P")) && (mode === "ACCESSED_AND_THROTTLED_KEYS" || kind.endsWith("T")),
  );
}

/** How many rules it takes. */
export const ruleCount = (subject: Subject, mode: Insights["mode"]): number => kindsOf(subject, mode).length;

/** The rules that there are. */
export function rulesOf(subject: Subject): InsightRule[] {
  const insights = insightsOf(subject);
  if (insights?.rulesSince === undefined) return [];
  const { mode, rulesSince } = insights;
  return kindsOf(subject, mode).map((kind) => {
    const keyLabels = kind.startsWith("P") ? ["PartitionKey"] : ["PartitionKey", "SortKey"];
    return {
      name: ruleName(kind, subject, rulesSince),
      definition: JSON.stringify({
        Schema: { Name: "ServiceLogRule", Version: 1 },
        Contribution: { Keys: keyLabels, ValueOf: kind.endsWith("C") ? "ConsumedThroughputUnits" : "ThrottleCount" },
        AggregateOn: "Sum",
      }),
      isManaged: true,
      isEnabled: true,
      keyLabels,
      aggregateOn: "Sum",
      mostContributors: MOST_CONTRIBUTORS,
    };
  });
}
