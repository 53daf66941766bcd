import type { Host } from "../../../emulator/model/context.ts";
import { MOST_INSIGHT_RULES, type InsightRule } from "../../../emulator/runtime/contributions.ts";
import type { Table } from "../model.ts";
import { insightsIndexNotFound, notActive } from "./errors.ts";
import { insightsOf, type Insights, type Subject } from "./model.ts";
import { ruleCount, rulesOf } from "./rules.ts";

/** What it needs of the tables. */
interface Tables {
  readonly account: string;
  readonly region: string;
  findTable(name: string): Table | undefined;
  table(nameOrArn: string): Table;
  tables(): Iterable<Table>;
  putTable(table: Table): void;
}

/** Contributor insights of the tables and global indexes of one account and region: on, off, and on their way. */
export class ContributorInsights {
  readonly #tables: Tables;
  readonly #host: Host;

  constructor(tables: Tables, host: Host) {
    this.#tables = tables;
    this.#host = host;
    for (const subject of this.#all()) {
      if (isUnderWay(insightsOf(subject))) this.#begin(subject);
    }
  }

  /** @throws AwsError ResourceNotFoundException */
  subject(nameOrArn: string, indexName: string | undefined): Subject {
    const table = this.#tables.table(nameOrArn);
    if (indexName === undefined) return { table, index: undefined };
    const index = table.indexes.find(({ name, kind }) => name === indexName && kind === "global");
    if (index === undefined) throw insightsIndexNotFound(indexName, table.name);
    return { table, index };
  }

  /** Those that are not off, of one table or of all: each table before its indexes. @throws AwsError ResourceNotFoundException */
  listed(nameOrArn: string | undefined): Subject[] {
    const all = nameOrArn === undefined ? [...this.#all()] : subjectsOf(this.#tables.table(nameOrArn));
    return all.filter((subject) => (insightsOf(subject)?.status ?? "DISABLED") !== "DISABLED");
  }

  /** @returns undefined where they are off and have never been on. @throws AwsError ValidationException */
  update(subject: Subject, action: "ENABLE" | "DISABLE", mode: Insights["mode"]): Insights | undefined {
    const now = insightsOf(subject);
    if (action === "ENABLE") {
      if (cannotBegin(subject.table.status)) throw notActive("Table");
      if (subject.index !== undefined && cannotBegin(subject.index.status)) throw notActive("Index");
      if (now?.mode === mode && (now.status === "ENABLED" || now.status === "ENABLING")) return now;
    } else if (now === undefined || now.status === "DISABLED" || now.status === "DISABLING") return now;
    const next: Insights = {
      ...(now?.rulesSince !== undefined && { rulesSince: now.rulesSince }),
      ...(action === "DISABLE" && now?.lacksRules && { lacksRules: true }),
      status: action === "ENABLE" ? "ENABLING" : "DISABLING",
      mode: action === "ENABLE" ? mode : (now?.mode ?? mode),
      changedAt: this.#host.clock.now(),
    };
    this.#put(subject, next);
    this.#begin(subject);
    return next;
  }

  *rules(): Generator<InsightRule> {
    for (const subject of this.#all()) yield* rulesOf(subject);
  }

  *#all(): Generator<Subject> {
    for (const table of this.#tables.tables()) yield* subjectsOf(table);
  }

  #put({ table, index }: Subject, insights: Insights): void {
    const indexes = table.indexes.map((each) => (each.name === index?.name ? { ...each, insights } : each));
    this.#tables.putTable(index === undefined ? { ...table, insights } : { ...table, indexes });
  }

  #begin({ table, index }: Subject): void {
    this.#host.scheduler.after(0, () => this.#step(table.name, index?.name));
  }

  /** Brings them from ENABLING and DISABLING to where they are going. */
  #step(name: string, indexName: string | undefined): void {
    const table = this.#tables.findTable(name);
    const index = indexName === undefined ? undefined : table?.indexes.find((each) => each.name === indexName);
    if (table === undefined || (indexName !== undefined && index === undefined)) return;
    const subject = { table, index };
    const insights = insightsOf(subject);
    if (!isUnderWay(insights)) return;
    const { mode } = insights;
    const changedAt = this.#host.clock.now();
    if (insights.status === "DISABLING") this.#put(subject, { status: "DISABLED", mode, changedAt });
    else if (this.#hasRoomFor(subject, mode)) {
      const rulesSince = insights.rulesSince ?? this.#freeTime(changedAt);
      this.#put(subject, { status: "ENABLED", mode, changedAt, rulesSince });
    } else this.#put(subject, { status: "FAILED", mode, changedAt, lacksRules: true });
  }

  #hasRoomFor(subject: Subject, mode: Insights["mode"]): boolean {
    const all = this.#host.contributions.rules(this.#tables).length;
    return all - rulesOf(subject).length + ruleCount(subject, mode) <= MOST_INSIGHT_RULES;
  }

  /** Names of rules may be cut off: those of two tables must not be the same. */
  #freeTime(now: number): number {
    const used = new Set([...this.#all()].map((subject) => insightsOf(subject)?.rulesSince));
    let time = now;
    while (used.has(time)) time++;
    return time;
  }
}

const subjectsOf = (table: Table): Subject[] => [
  { table, index: undefined },
  ...table.indexes.filter(({ kind }) => kind === "global").map((index) => ({ table, index })),
];

const cannotBegin = (status: Table["status"]): boolean => status === "CREATING" || status === "DELETING";

const isUnderWay = (insights: Insights | undefined): insights is Insights =>
  insights?.status === "ENABLING" || insights?.status === "DISABLING";
