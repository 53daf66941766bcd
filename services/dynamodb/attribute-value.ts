import type { AwsError } from "../../emulator/model/errors.ts";
import { compareNumbers, normalizeNumber } from "./number.ts";
import { invalidParameter, MalformedValue, validationError } from "./errors.ts";
import { binarySet, compareText, numberSet, stringSet } from "./set-order.ts";
import { EARLIER_WORDS, type ValueWords } from "./value-words.ts";

/** One value as it stands on the wire; binary is base64 text, numbers are decimal text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly M: Item }
  | { readonly L: readonly AttributeValue[] }
  | { readonly NULL: true }
  | { readonly BOOL: boolean };

export type Item = { readonly [name: string]: AttributeValue };

export const ATTRIBUTE_TYPES = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** Levels of maps and lists, the attribute's own value being the first. */
export const MAX_NESTING_LEVELS = 32;

export const nestingTooDeep = () =>
  validationError(
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
  );

/** From one more level than this on AWS refuses a value in the way of those that are none. */
const LATER_NESTING_LEVELS = 63;

/** What the wire allows for a value: any number of types, any content. */
type RawValue = { readonly [T in AttributeType]?: unknown };
/** A value may be null where it is in a list or a map. */
type RawItem = Readonly<Record<string, object | null>>;

const NULL_VALUE = "The supplied Item contains a null AttributeValue";

/**
 * Checks one value as it came and answers it in canonical form: numbers normalised, nothing beside its one type.
 * @throws AwsError ValidationException
 */
export function parseAttributeValue(value: object | null, words = EARLIER_WORDS, level = 1): AttributeValue {
  if (value === null) throw new MalformedValue(NULL_VALUE);
  if (level > MAX_NESTING_LEVELS) throw tooDeep(value, level);
  let type: AttributeType | undefined;
  let parsed: AttributeValue | undefined;
  let types = 0;
  for (const key of Object.keys(value) as AttributeType[]) {
    if ((value as RawValue)[key] === undefined || !Object.hasOwn(PARSERS, key)) continue;
    types++;
    type ??= key;
    const content = PARSERS[key]((value as RawValue)[key] as never, words, level);
    if (type === key) parsed = content;
  }
  if (parsed === undefined) {
    throw new MalformedValue("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (types > 1) {
    throw new MalformedValue(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  return parsed;
}

function tooDeep(value: RawValue, level: number): AwsError {
  const error = nestingTooDeep();
  return level + levelsOf(value) - 1 > LATER_NESTING_LEVELS ? new MalformedValue(error.message) : error;
}

/** How many levels of maps and lists a value has, and one for itself. */
function levelsOf(value: RawValue | null): number {
  let most = 1;
  for (let level = 1, values = [value]; values.length > 0; level++) {
    most = level;
    values = values.flatMap((one) => [
      ...((one?.L ?? []) as readonly (RawValue | null)[]),
      ...(Object.values(one?.M ?? {}) as (RawValue | null)[]),
    ]);
  }
  return most;
}

/**
 * Checks every value of an item (or key) and answers it in canonical form.
 * @throws AwsError ValidationException
 */
export const parseItem = (item: object, words = EARLIER_WORDS): Item => parseEntries(item as RawItem, words, 1);

const LONGEST_NAME_BYTES = 65_535;

/** What is wrong with the name of an attribute, also of one within a map. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "Empty attribute name";
  // a unit of text takes three bytes at most: the names that there are need not be counted
  return name.length > LONGEST_NAME_BYTES / 3 && Buffer.byteLength(name) > LONGEST_NAME_BYTES
    ? "Attribute name is too large, must be less than 65536 bytes"
    : undefined;
}

function parseEntries(entries: RawItem, words: ValueWords, level: number): Item {
  const item: MutableItem = {};
  for (const name of Object.keys(entries)) {
    const problem = nameProblem(name);
    if (problem !== undefined) throw validationError(problem);
    const value = entries[name]!;
    if (value === null) throw new MalformedValue(`${NULL_VALUE}: ${name} is null`);
    setAttribute(item, name, parseAttributeValue(value, words, level));
  }
  return item;
}

export type MutableItem = Record<string, AttributeValue>;

/** Assignment for any name: `__proto__` is an attribute as well. */
export function setAttribute(item: MutableItem, name: string, value: AttributeValue): void {
  if (name !== "__proto__") item[name] = value;
  else Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
}

const emptySet = (problem: string) => new MalformedValue(invalidParameter(problem).message, true);

const PARSERS: {
  readonly [T in AttributeType]: (content: never, words: ValueWords, level: number) => AttributeValue;
} = {
  S: (text: string) => ({ S: text }),
  N: (text: string, words) => ({ N: numberOf(text, words) }),
  B: (base64: string) => ({ B: canonicalBase64(base64) }),
  BOOL: (truth: boolean) => ({ BOOL: truth }),
  NULL: (truth: boolean) => {
    if (!truth) throw invalidParameter("Null attribute value types must have the value of true");
    return { NULL: true };
  },
  SS: (members: readonly string[], words) => {
    if ((members as readonly (string | null)[]).includes(null)) {
      throw invalidParameter("An string set may not have a null string as a member");
    }
    if (members.length === 0) throw emptySet("An string set  may not be empty");
    if (hasDuplicates(members)) throw words.duplicates("SS", members);
    return stringSet(members);
  },
  NS: (members: readonly string[], words) => {
    if (members.length === 0) throw emptySet("An number set  may not be empty");
    const numbers = members.map((member: string | null) => numberOf(member ?? "", words));
    if (hasDuplicates(numbers)) throw words.duplicates("NS", members);
    return numberSet(numbers);
  },
  BS: (members: readonly string[], words) => {
    if (members.length === 0) throw emptySet("Binary sets should not be empty");
    const binaries = members.map((member: string | null) => {
      if (member === null) throw new MalformedValue(NULL_VALUE);
      return canonicalBase64(member);
    });
    if (hasDuplicates(binaries)) throw words.duplicates("BS", members);
    return binarySet(binaries);
  },
  M: (entries: RawItem, words, level) => ({ M: parseEntries(entries, words, level + 1) }),
  L: (elements: readonly (object | null)[], words, level) => ({
    L: elements.map((element) => parseAttributeValue(element, words, level + 1)),
  }),
};

function numberOf(text: string, words: ValueWords): string {
  if (text === "") throw validationError(words.emptyNumber);
  return normalizeNumber(text);
}

/** Base64 may be written in several ways; equality wants one. */
const canonicalBase64 = (base64: string): string => Buffer.from(base64, "base64").toString("base64");

const hasDuplicates = (members: readonly string[]): boolean => new Set(members).size !== members.length;

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw new TypeError("an attribute value has one type");
}

/** What the value of a key holds; nothing of what can be none: the operations refuse it. */
export function textOf(value: unknown): string {
  const [content] = Object.values(value ?? {});
  return typeof content === "string" ? content : "";
}

/** An attribute of an item or an entry of a map; what objects inherit is not one. */
export const attributeOf = (item: Item, name: string): AttributeValue | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined;

/** Equality as conditions see it: numbers by value, sets without order. Both in canonical form. */
export function valuesEqual(a: AttributeValue, b: AttributeValue): boolean {
  if ("S" in a) return "S" in b && a.S === b.S;
  if ("N" in a) return "N" in b && a.N === b.N;
  if ("B" in a) return "B" in b && a.B === b.B;
  if ("BOOL" in a) return "BOOL" in b && a.BOOL === b.BOOL;
  if ("NULL" in a) return "NULL" in b;
  if ("SS" in a) return "SS" in b && setsEqual(a.SS, b.SS);
  if ("NS" in a) return "NS" in b && setsEqual(a.NS, b.NS);
  if ("BS" in a) return "BS" in b && setsEqual(a.BS, b.BS);
  if ("L" in a) {
    return "L" in b && a.L.length === b.L.length && a.L.every((element, i) => valuesEqual(element, b.L[i]!));
  }
  return "M" in b && mapsEqual(a.M, b.M);
}

function setsEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}

function mapsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = attributeOf(b, name);
    return other !== undefined && valuesEqual(a[name]!, other);
  });
}

/** Order of two scalars (S by UTF-8 bytes, N by value, B by bytes); undefined where there is none. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ("S" in a) return "S" in b ? compareText(a.S, b.S) : undefined;
  if ("N" in a) return "N" in b ? compareNumbers(a.N, b.N) : undefined;
  if ("B" in a && "B" in b) return Buffer.compare(Buffer.from(a.B, "base64"), Buffer.from(b.B, "base64"));
  return undefined;
}
