/** What is wrong with a template, or with what it does. */
export class VtlError extends Error {}

/** A Java double: `1.0` stays `1.0`. Whole numbers are JavaScript numbers, very large ones bigints. */
export class JavaDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  /** As Double.toString writes it. */
  toString(): string {
    const { value } = this;
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
      const [digits = "", exponent = ""] = value.toExponential().split("e");
      return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
    }
    const text = String(value);
    return text.includes(".") ? text : `${text}.0`;
  }
}

/** A list that the template made: it prints as Java's lists do. Lists that came out of JSON print as JSON. */
export class JavaList extends Array<unknown> {}

export function javaList(items: Iterable<unknown>): JavaList {
  const list = new JavaList();
  for (const item of items) list.push(item);
  return list;
}

/** An entry of a map, as `entrySet()` lists them. */
export class MapEntry {
  readonly map: VtlMap;
  readonly key: string;

  constructor(map: VtlMap, key: string) {
    this.map = map;
    this.key = key;
  }

  get value(): unknown {
    return this.map[this.key];
  }

  toString(): string {
    return `${this.key}=${toText(this.value)}`;
  }
}

/** An object that the host gives to a template: `$input`, `$util`. */
export abstract class HostObject {
  abstract property(name: string): unknown;
  /** @returns NO_SUCH_METHOD for a name that it does not know */
  abstract call(name: string, args: readonly unknown[]): unknown;
}

export const NO_SUCH_METHOD = Symbol("no such method");

export type VtlMap = Record<string, unknown>;

export type VtlNumber = number | bigint | JavaDouble;

export const isNumber = (value: unknown): value is VtlNumber =>
  typeof value === "number" || typeof value === "bigint" || value instanceof JavaDouble;

export const isMap = (value: unknown): value is VtlMap =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof JavaDouble || value instanceof HostObject || value instanceof MapEntry);

export const newMap = (): VtlMap => Object.create(null) as VtlMap;

/** Only null and false are false; an empty string is true. */
export const isTrue = (value: unknown): boolean => value !== null && value !== undefined && value !== false;

/** What a value looks like in the output: API Gateway writes nothing for null. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (value instanceof JavaList) return `[${Array.from(value, nested).join(", ")}]`;
  if (Array.isArray(value)) return stringifyJson(value);
  if (value instanceof HostObject) return "";
  if (isMap(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${nested(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

const nested = (value: unknown): string => (value === null || value === undefined ? "null" : toText(value));

export function isEqual(left: unknown, right: unknown): boolean {
  if (isNumber(left) && isNumber(right))
    return Number(left) === Number(right) && (!isBig(left, right) || left === right);
  // what is not there equals an empty string: API Gateway takes it for one
  if (left === null || left === undefined || right === null || right === undefined)
    return (left ?? "") === (right ?? "");
  if (typeof left === "object" && typeof right === "object") return left === right || toText(left) === toText(right);
  if (typeof left === typeof right) return left === right;
  return toText(left) === toText(right);
}

const isBig = (left: unknown, right: unknown): boolean => typeof left === "bigint" && typeof right === "bigint";

/** Fractions, exponents and very long numbers lose something as JavaScript's numbers. (A false alarm costs time only.) */
const LOSSY = /\d[.eE]|\d{16}/;

/** @throws SyntaxError */
export function parseJson(text: string): unknown {
  if (!LOSSY.test(text)) return JSON.parse(text) as unknown;
  JSON.parse(text); // whatever is wrong with it is said here: what follows reads well-formed text only
  let at = 0;
  const space = /[ \t\r\n]*/y;
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]/y;
  const next = (): string => {
    space.lastIndex = at;
    space.exec(text);
    token.lastIndex = space.lastIndex;
    const [found = ""] = token.exec(text) ?? [];
    at = token.lastIndex;
    return found;
  };
  const value = (first: string): unknown => {
    if (first === "[") {
      const list: unknown[] = [];
      for (let item = next(); item !== "]"; item = next()) if (item !== ",") list.push(value(item));
      return list;
    }
    if (first === "{") {
      const map: VtlMap = {};
      for (let key = next(); key !== "}"; key = next()) {
        if (key === ",") continue;
        next(); // the colon
        Object.defineProperty(map, JSON.parse(key) as string, {
          value: value(next()),
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
      return map;
    }
    return /^[-\d]/.test(first) ? parseNumber(first) : (JSON.parse(first) as unknown);
  };
  return value(next());
}

export function parseNumber(text: string): VtlNumber {
  if (/[.eE]/.test(text)) return new JavaDouble(Number(text));
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Compact JSON. Doubles keep their fraction. */
export function stringifyJson(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `[${Array.from(value, stringifyJson).join(",")}]`;
  if (value instanceof MapEntry) return stringifyJson({ [value.key]: value.value });
  if (isMap(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`)
      .join(",")}}`;
  }
  if (value instanceof HostObject) return "{}";
  return String(value);
}
