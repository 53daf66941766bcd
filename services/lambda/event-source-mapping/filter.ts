import { invalidParameter } from "./errors.ts";
import { compilePattern } from "./filter-pattern.ts";
import { kindOf, type SourceKind } from "./source-arn.ts";

/** The member of a record that holds what its producer sent. */
const DATA_MEMBER: Readonly<Record<SourceKind, string>> = { dynamodb: "dynamodb", kinesis: "data", sqs: "body" };

export interface Filter {
  readonly matches: (record: unknown) => boolean;
  /** Whether it looks into the data: such a filter lets nothing through whose data is no JSON. */
  readonly looksIntoData: boolean;
}

/**
 * Compiles one pattern of FilterCriteria.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilter(eventSourceArn: string, pattern: string): Filter {
  const matches = compilePattern(pattern);
  const kind = kindOf(eventSourceArn);
  const wanted = wantedData(JSON.parse(pattern), DATA_MEMBER[kind]);
  // the data of a stream's record is matched as JSON, never as text
  if (kind !== "sqs" && wanted.some(Array.isArray)) throw invalidParameter("Invalid filter pattern definition.");
  return { matches, looksIntoData: wanted.length > 0 };
}

/** What a pattern asks of the data, also in alternatives. */
function wantedData(pattern: unknown, member: string): unknown[] {
  if (Array.isArray(pattern)) return pattern.flatMap((each) => wantedData(each, member));
  if (typeof pattern !== "object" || pattern === null) return [];
  const { [member]: wanted, kinesis, $or } = pattern as Record<string, unknown>;
  return [...(wanted === undefined ? [] : [wanted]), ...wantedData(kinesis, member), ...wantedData($or, member)];
}

/** All filters of a mapping: a record needs to pass one. Undefined: there are none. */
export const compileFilters = (
  eventSourceArn: string,
  patterns: readonly string[] | undefined,
): readonly Filter[] | undefined => patterns?.map((pattern) => compileFilter(eventSourceArn, pattern));
