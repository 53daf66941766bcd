import { JsonNumber, parseWithNumbers } from "../../../emulator/event-pattern/json-number.ts";
import { invalidParameter } from "./errors.ts";
import { compilePattern } from "./filter-pattern.ts";
import { kindOf, type SourceKind } from "./source-arn.ts";

/** Where in a record stands what its producer sent. */
const DATA: Readonly<Record<SourceKind, RegExp>> = {
  dynamodb: /^dynamodb(\.|$)/,
  kinesis: /^(kinesis\.)?data(\.|$)/,
  sqs: /^body(\.|$)/,
};

export interface Filter {
  readonly matches: (record: unknown) => boolean;
  /** Whether it looks into the data: such a filter lets nothing through whose data is no JSON. */
  readonly looksIntoData: boolean;
  /** Whether it asks for a number as it is written; a range of numbers is none. */
  readonly comparesNumbers: boolean;
  /** The members of a record that it looks at. */
  readonly members: readonly string[];
}

/**
 * Compiles one pattern of FilterCriteria.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilter(eventSourceArn: string, pattern: string): Filter {
  const matches = compilePattern(pattern);
  const kind = kindOf(eventSourceArn);
  const paths = pathsOf(JSON.parse(pattern));
  const intoData = paths.filter((path) => DATA[kind].test(path));
  // the data of a stream's record is matched as JSON, never as text
  const isOfText = intoData.some((path) => DATA[kind].exec(path)?.[0] === path);
  if (kind !== "sqs" && isOfText) throw invalidParameter("Invalid filter pattern definition.");
  const members = [...new Set(paths.map((path) => path.split(".", 1)[0] ?? path))];
  const comparesNumbers = hasNumber(parseWithNumbers(pattern));
  return { matches, looksIntoData: intoData.length > 0, comparesNumbers, members };
}

function hasNumber(pattern: unknown): boolean {
  if (pattern instanceof JsonNumber) return true;
  if (typeof pattern !== "object" || pattern === null) return false;
  return Object.entries(pattern).some(
    ([name, wanted]: [string, unknown]) => !isRange(name, wanted) && hasNumber(wanted),
  );
}

/** `"numeric": [">", 1]` */
const isRange = (name: string, operand: unknown): boolean =>
  name === "numeric" && Array.isArray(operand) && /^[<=>]/.test(String(operand[0]));

/** What reads data for these filters: numbers as they are written take longer, and matter to few. */
export const parserFor = (filters: readonly Filter[]): ((text: string) => unknown) =>
  filters.some(({ comparesNumbers }) => comparesNumbers) ? parseWithNumbers : (text) => JSON.parse(text) as unknown;

/** What a pattern looks at, also in alternatives: names joined by dots, as a name may have them too. */
function pathsOf(pattern: unknown, under = ""): string[] {
  if (typeof pattern !== "object" || pattern === null) return [];
  return Object.entries(pattern).flatMap(([name, wanted]: [string, unknown]) => {
    if (name === "$or") return (wanted as unknown[]).flatMap((each) => pathsOf(each, under));
    return Array.isArray(wanted) ? [under + name] : pathsOf(wanted, `${under}${name}.`);
  });
}

/** All filters of a mapping: a record needs to pass one. Undefined: there are none. */
export const compileFilters = (
  eventSourceArn: string,
  patterns: readonly string[] | undefined,
): readonly Filter[] | undefined => patterns?.map((pattern) => compileFilter(eventSourceArn, pattern));
