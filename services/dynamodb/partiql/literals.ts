import { AwsError } from "../../../emulator/model/errors.ts";
import {
  MAX_NESTING_LEVELS,
  nestingTooDeep,
  parseAttributeValue,
  setAttribute,
  type AttributeValue,
  type Item,
  type MutableItem,
} from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import { normalizeNumber } from "../number.ts";
import { numberSet, stringSet } from "../set-order.ts";
import type { Expression, SequenceNode, StructNode } from "./ast.ts";
import { emptyPathComponent, invalidAt } from "./errors.ts";

/** The values of a request's `?`, in their order. */
export type Parameters = readonly AttributeValue[];

type Place = readonly (string | number)[];

const BAG_TYPES = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags";

/**
 * The value that a literal or a parameter stands for.
 * @throws AwsError ValidationException, also for what is no value: parameters inside of lists and maps, too
 */
export function valueOf(expression: Expression, parameters: Parameters): AttributeValue {
  if (expression.kind === "parameter") return parameters[expression.index]!;
  // once more as a value of the wire: sets and the depth of nesting have the same rules
  return parseAttributeValue(literal(expression, []));
}

/** Whether an expression is a value by itself: no name, no operator, no call. */
export const isValue = ({ kind }: Expression): boolean =>
  ["string", "number", "boolean", "null", "ion", "parameter", "list", "bag", "struct"].includes(kind);

/** The item of an INSERT; its attributes, unlike what is inside of them, may be parameters. */
export function itemOf(expression: Expression, parameters: Parameters): Item {
  if (expression.kind !== "struct") {
    throw invalidAt(
      "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.",
      expression.at,
    );
  }
  const item: MutableItem = {};
  for (const [key, value] of expression.entries) {
    const name = keyOf(key, []);
    if (name === "") throw emptyPathComponent();
    if (Object.hasOwn(item, name)) throw invalidAt(`Duplicate keys in tuple. Key: ${name} under root`, key.at);
    setAttribute(item, name, valueOf(value, parameters));
  }
  return item;
}

function literal(expression: Expression, place: Place): AttributeValue {
  if (place.length >= MAX_NESTING_LEVELS) throw nestingTooDeep();
  switch (expression.kind) {
    case "string":
      return { S: expression.text };
    case "number":
      return { N: numberOf(expression, place) };
    case "boolean":
      return { BOOL: expression.value };
    case "null":
      return { NULL: true };
    case "list":
      return { L: expression.elements.map((element, i) => literal(element, [...place, i])) };
    case "bag":
      return setOf(expression, place);
    case "struct":
      return { M: mapOf(expression, place) };
    case "ion":
      throw invalidAt(`Ion Literals are not supported: SYMBOL under key ${keyText(place)}`, expression.at);
    default:
      throw invalidAt(
        `Unsupported data type: ${describe(expression, place)} under key ${keyText(place)}`,
        expression.at,
      );
  }
}

function numberOf({ text, at }: Expression & { readonly kind: "number" }, place: Place): string {
  if (/^-[0.]*\.[0.]*(?:[eE]|$)/.test(text)) {
    throw invalidAt(`Negative zero decimal is not supported under key ${keyText(place)}`, at);
  }
  try {
    return normalizeNumber(text);
  } catch (error) {
    throw error instanceof AwsError ? validationError(`${error.message} under ${pathText(place)}`) : error;
  }
}

function setOf({ elements }: SequenceNode, place: Place): AttributeValue {
  const strings: string[] = [];
  const numbers: string[] = [];
  for (const [i, element] of elements.entries()) {
    if (element.kind === "string") strings.push(element.text);
    else if (element.kind === "number") numbers.push(numberOf(element, [...place, i]));
    else throw invalidAt(BAG_TYPES, element.at);
  }
  if (elements.length === 0) throw validationError("Empty bags are not supported");
  if (strings.length > 0 && numbers.length > 0) throw validationError(BAG_TYPES);
  return strings.length > 0 ? stringSet(strings) : numberSet(numbers);
}

function mapOf({ entries, at }: StructNode, place: Place): Item {
  const map: MutableItem = {};
  for (const [key, value] of entries) {
    const name = keyOf(key, place);
    if (Object.hasOwn(map, name)) {
      throw invalidAt(`Duplicate keys in tuple. Key: ${name} under ${pathText(place)}`, at);
    }
    setAttribute(map, name, literal(value, [...place, name]));
  }
  return map;
}

function keyOf(key: Expression, place: Place): string {
  if (key.kind === "string") return key.text;
  throw invalidAt(
    `Tuple keys must be of type String. Actual type: ${describe(key, [...place, ""])} under ${pathText(place)}`,
    key.at,
  );
}

/** AWS has two ways to say where in a value something is: `root.x.0` and `root.x[0]`. */
const keyText = (place: Place): string => ["root", ...place].join(".");
const pathText = (place: Place): string =>
  `root${place.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("")}`;

/** By its kind inside of a list or a map, else as it is written. */
function describe(expression: Expression, place: Place): string {
  switch (expression.kind) {
    case "name":
      return place.length > 0 ? "VariableReference" : expression.name;
    case "path":
      return "Path";
    case "call":
      return place.length > 0 ? "NAry" : expression.name;
    case "operator":
      return place.length > 0 ? "NAry" : expression.operator;
    case "parameter":
      return "Parameter";
    case "missing":
      return "MISSING";
    case "number":
      return /^-?\d+$/.test(expression.text) ? "INT" : "DECIMAL";
    case "is":
      return place.length > 0 ? "Typed" : "is";
    default:
      return expression.kind.toUpperCase();
  }
}
