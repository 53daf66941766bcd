import { invalidArgument } from "../errors.ts";
import type { PartitionKeys, S3Target } from "../model.ts";
import { InvalidPattern, timestampFormat } from "./timestamp-format.ts";

/** What a prefix is evaluated with. */
export interface PrefixValues {
  /** Approximate arrival of the oldest record, epoch milliseconds. */
  readonly at: number;
  readonly zone: string;
  readonly randomString: () => string;
  readonly errorOutputType?: string;
  readonly partition?: PartitionKeys;
}

type Namespace = "timestamp" | "firehose" | "partitionKeyFromQuery" | "partitionKeyFromLambda";

interface Expression {
  readonly namespace: Namespace;
  readonly value: string;
}

type Part = string | Expression;

const NAMESPACES: readonly string[] = ["timestamp", "firehose", "partitionKeyFromQuery", "partitionKeyFromLambda"];
const DEFAULT_TIME: Expression = { namespace: "timestamp", value: "yyyy/MM/dd/HH/" };
const MOST_CHARACTERS = 512;

/** Which prefix it is, in the words of the messages about it. */
type PrefixName = "Prefix" | "ErrorOutputPrefix";

/** @throws AwsError InvalidArgumentException */
function parsePrefix(text: string, prefixName: PrefixName): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf("!{", at);
    if (start < 0) break;
    if (start > at) parts.push(text.slice(at, start));
    const end = text.indexOf("}", start);
    const inner = end < 0 ? "" : text.slice(start + 2, end);
    const colon = inner.indexOf(":");
    if (colon < 0) throw invalidArgument("Invalid expression usage");
    parts.push(expression(inner.slice(0, colon), inner.slice(colon + 1), prefixName));
    at = end + 1;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function expression(namespace: string, value: string, prefixName: PrefixName): Expression {
  if (!NAMESPACES.includes(namespace)) {
    throw invalidArgument(`Namespace to the left of colon (${namespace}) is an invalid keyword!`);
  }
  const invalidValue = () =>
    invalidArgument(`Invalid conversion character used in the value of the expression in ${prefixName}`);
  if (value === "") throw invalidValue();
  if (namespace === "firehose" && value !== "error-output-type" && value !== "random-string") throw invalidValue();
  if (namespace === "timestamp") {
    try {
      timestampFormat(value);
    } catch (error) {
      if (error instanceof InvalidPattern) throw invalidValue();
      throw error;
    }
  }
  return { namespace: namespace as Namespace, value };
}

const expressionsOf = (parts: readonly Part[]): Expression[] =>
  parts.filter((part): part is Expression => typeof part !== "string");

/** The names of the partition keys that a prefix asks for. */
export function partitionKeysIn(prefix: string | undefined): { readonly query: string[]; readonly lambda: string[] } {
  const expressions = expressionsOf(parsePrefix(prefix ?? "", "Prefix"));
  const namesOf = (namespace: Namespace) =>
    expressions.filter((one) => one.namespace === namespace).map(({ value }) => value);
  return { query: namesOf("partitionKeyFromQuery"), lambda: namesOf("partitionKeyFromLambda") };
}

const isPartitionKey = ({ namespace }: Expression): boolean => namespace.startsWith("partitionKey");
const isErrorType = ({ namespace, value }: Expression): boolean =>
  namespace === "firehose" && value === "error-output-type";

/**
 * Checks both prefixes of a target.
 * @throws AwsError InvalidArgumentException
 * @see https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
export function checkPrefixes(target: Pick<S3Target, "prefix" | "errorOutputPrefix">, isPartitioned: boolean): void {
  const prefix = parsePrefix(target.prefix ?? "", "Prefix");
  const errorPrefix = parsePrefix(target.errorOutputPrefix ?? "", "ErrorOutputPrefix");
  const expressions = expressionsOf(prefix);
  const errorExpressions = expressionsOf(errorPrefix);
  if (expressions.some(isErrorType)) {
    throw invalidArgument("Prefix must not contain any occurrence of !{firehose:error-output-type}");
  }
  if (errorExpressions.some(isPartitionKey)) {
    throw invalidArgument("Dynamic Partitioning Namespaces can't be part of an error prefix expression");
  }
  if (!isPartitioned && expressions.some(isPartitionKey)) {
    throw invalidArgument(
      "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.",
    );
  }
  if (isPartitioned && !expressions.some(isPartitionKey)) {
    throw invalidArgument(
      "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled",
    );
  }
  if (expressions.length > 0 && !target.errorOutputPrefix) {
    throw invalidArgument("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions");
  }
  if (errorExpressions.length > 0 && !errorExpressions.some(isErrorType)) {
    throw invalidArgument("ErrorOutputPrefix must contain at least one occurrence of !{firehose:error-output-type}");
  }
  checkLength(prefix, "prefix");
  checkLength(errorPrefix, "ErrorOutputPrefix");
}

function checkLength(parts: readonly Part[], label: string): void {
  const least = parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 1), 0);
  if (least > MOST_CHARACTERS) {
    throw invalidArgument(`Length of evaluated ${label} cannot be greater than ${MOST_CHARACTERS}`);
  }
}

/** Where delivered objects go. A prefix without expressions is followed by the time, yyyy/MM/dd/HH/. */
export function evaluatePrefix(prefix: string | undefined, values: PrefixValues): string {
  const parts = parsePrefix(prefix ?? "", "Prefix");
  if (expressionsOf(parts).length === 0) parts.push(DEFAULT_TIME);
  return evaluate(parts, values);
}

/**
 * Where the error output goes: below the error prefix, or else below the prefix. One without expressions is followed by the
 * type of the error and the time.
 */
export function evaluateErrorPrefix(
  { prefix, errorOutputPrefix }: Pick<S3Target, "prefix" | "errorOutputPrefix">,
  values: PrefixValues,
): string {
  const parts = parsePrefix(errorOutputPrefix || (prefix ?? ""), "ErrorOutputPrefix");
  if (expressionsOf(parts).length === 0) parts.push(`${values.errorOutputType}/`, DEFAULT_TIME);
  return evaluate(parts, values);
}

const evaluate = (parts: readonly Part[], values: PrefixValues): string =>
  parts.map((part) => (typeof part === "string" ? part : evaluateExpression(part, values))).join("");

function evaluateExpression({ namespace, value }: Expression, values: PrefixValues): string {
  switch (namespace) {
    case "timestamp":
      return timestampFormat(value)(values.at, values.zone);
    case "firehose":
      return value === "random-string" ? values.randomString() : (values.errorOutputType ?? "");
    case "partitionKeyFromQuery":
      return values.partition?.query[value] ?? "";
    case "partitionKeyFromLambda":
      return values.partition?.lambda[value] ?? "";
  }
}
