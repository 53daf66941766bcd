import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidValue } from "../errors.ts";
import { clfFields, isJsonField, jsonFields } from "./log-fields.ts";
import { LOG_OPERATORS, numberOf, type LogFilter } from "./log-filter.ts";

const MOST_KEYS = 4;
const MOST_FILTERS = 4;
/** As long as a dimension of a metric: a minute keeps a thousand contributors, whatever is logged. */
const KEY_LENGTH = 1024;
const MEMBERS = ["Schema", "LogGroupNames", "LogGroupARNs", "LogFormat", "Fields", "Contribution", "AggregateOn"];

/** A rule over log events, as its definition says it. */
export interface LogRule {
  readonly keys: readonly string[];
  readonly aggregateOn: "Count" | "Sum";
  /** Whether the events of a log group are looked at. */
  readsGroup(name: string): boolean;
  /** Who contributes how much by an event; undefined for one that is not meant. */
  contribution(message: string): { readonly keys: readonly string[]; readonly value: number } | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const invalid = (what: string) => invalidValue(`The value for parameter RuleDefinition is invalid: ${what}`);

function objectOf(value: unknown, name: string, members: readonly string[]): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(`${name} must be an object.`);
  const unknown = Object.keys(value).find((member) => !members.includes(member));
  if (unknown !== undefined) throw invalid(`${name} has an unknown member ${unknown}.`);
  return value as Json;
}

function textsOf(value: unknown, name: string, most: number): string[] {
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === "string" && each !== "");
  if (!isTexts || value.length === 0 || value.length > most) {
    throw invalid(`${name} must be an array of ${most === Infinity ? "strings" : `1 to ${most} strings`}.`);
  }
  return value as string[];
}

/**
 * Reads the definition of a rule of the schema CloudWatchLogRule.
 * @throws AwsError InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
export function parseLogRule(definition: string): LogRule {
  const rule = objectOf(parsed(definition), "The definition", MEMBERS);
  const schema = objectOf(rule["Schema"], "Schema", ["Name", "Version"]);
  if (schema["Name"] !== "CloudWatchLogRule" || schema["Version"] !== 1) {
    throw invalid('Schema must be {"Name": "CloudWatchLogRule", "Version": 1}.');
  }
  if (rule["LogGroupARNs"] !== undefined) throw unsupported("LogGroupARNs of a rule of Contributor Insights");
  const groups = textsOf(rule["LogGroupNames"], "LogGroupNames", Infinity).map(groupTest);
  const { LogFormat: format, AggregateOn: aggregateOn } = rule;
  if (format !== "JSON" && format !== "CLF") throw invalid("LogFormat must be JSON or CLF.");
  if (aggregateOn !== "Count" && aggregateOn !== "Sum") throw invalid("AggregateOn must be Count or Sum.");
  if (format === "JSON" && rule["Fields"] !== undefined) throw invalid("Fields are for the LogFormat CLF only.");

  const aliases = aliasesOf(rule["Fields"]);
  const isField = (field: unknown): field is string =>
    typeof field === "string" && (format === "JSON" ? isJsonField(field) : isClfField(field, aliases));
  const contribution = objectOf(rule["Contribution"], "Contribution", ["Keys", "ValueOf", "Filters"]);
  const keys = textsOf(contribution["Keys"], "Keys", MOST_KEYS);
  const { ValueOf: valueOf } = contribution;
  if ((aggregateOn === "Sum") !== (valueOf !== undefined)) {
    throw invalid("ValueOf must be given where AggregateOn is Sum, and only there.");
  }
  const wrong = [...keys, ...(valueOf === undefined ? [] : [valueOf])].find((field) => !isField(field));
  if (wrong !== undefined) throw invalid(`${JSON.stringify(wrong)} is no field of ${format} log events.`);
  const filters = filtersOf(contribution["Filters"], isField);
  return {
    keys,
    aggregateOn,
    readsGroup: (name) => groups.some((reads) => reads(name)),
    contribution(message) {
      const fields = format === "JSON" ? jsonFields(message) : clfFields(message, aliases);
      if (fields === undefined || !filters.every((matches) => matches(fields))) return undefined;
      const value = isField(valueOf) ? numberOf(fields(valueOf)) : 1;
      const found = keys.map((key) => fields(key)).filter((each) => each !== undefined);
      if (value === undefined || found.length < keys.length) return undefined;
      return { keys: found.map((key) => String(key).slice(0, KEY_LENGTH)), value };
    },
  };
}

function parsed(definition: string): unknown {
  try {
    return JSON.parse(definition);
  } catch {
    throw invalid("it is no JSON.");
  }
}

/** A name, or the beginning of names before a `*`. */
function groupTest(pattern: string): (name: string) => boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return (name) => name === pattern;
  if (star < pattern.length - 1) throw invalid("LogGroupNames may have a * at the end only.");
  const start = pattern.slice(0, -1);
  return (name) => name.startsWith(start);
}

function aliasesOf(fields: unknown): Map<string, number> {
  const aliases = new Map<string, number>();
  for (const [place, alias] of Object.entries((fields ?? {}) as Json)) {
    if (!/^[1-9]\d*$/.test(place) || typeof alias !== "string" || alias === "") {
      throw invalid("Fields must give names to places from 1 on.");
    }
    aliases.set(alias, Number(place));
  }
  return aliases;
}

const isClfField = (field: string, aliases: ReadonlyMap<string, number>): boolean =>
  aliases.has(field) || /^[1-9]\d*$/.test(field);

function filtersOf(given: unknown, isField: (field: unknown) => field is string): LogFilter[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > MOST_FILTERS) {
    throw invalid(`Filters must be an array of up to ${MOST_FILTERS} filters.`);
  }
  return given.map((each: unknown) => {
    const operators = Object.keys(LOG_OPERATORS);
    const { Match: field, ...rest } = objectOf(each, "A filter", ["Match", ...operators]);
    const [[operator, operand] = ["", undefined], ...more] = Object.entries(rest);
    if (!isField(field) || operator === "" || more.length > 0) {
      throw invalid(`A filter must have a Match, which is a field, and one of ${operators.join(", ")}.`);
    }
    const filter = LOG_OPERATORS[operator]?.(field, operand);
    if (filter === undefined) throw invalid(`A filter has an operand that ${operator} does not take.`);
    return filter;
  });
}
