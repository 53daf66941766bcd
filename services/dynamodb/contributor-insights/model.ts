import type { Index, Table } from "../model.ts";

/** What of the keys of a table or a global index CloudWatch's Contributor Insights is told. */
export interface Insights {
  readonly status: "ENABLING" | "ENABLED" | "DISABLING" | "DISABLED" | "FAILED";
  readonly mode: "ACCESSED_AND_THROTTLED_KEYS" | "THROTTLED_KEYS";
  /** Of its rules, while there are any: the end of their names. */
  readonly rulesSince?: number;
  /** When the status changed; epoch milliseconds. */
  readonly changedAt: number;
  /** There was no room for its rules. */
  readonly lacksRules?: true;
}

/** The table itself, or one of its global indexes. */
export interface Subject {
  readonly table: Table;
  readonly index: Index | undefined;
}

export const insightsOf = ({ table, index }: Subject): Insights | undefined => (index ?? table).insights;

/** Whether anything of a table is counted: of most there is nothing. */
export const isCounted = ({ insights, indexes }: Table): boolean =>
  insights !== undefined || indexes.some((index) => index.insights !== undefined);
