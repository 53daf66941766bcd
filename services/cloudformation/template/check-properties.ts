import type { Property, PropertyTable } from "../properties.ts";
import { hasDynamicReference } from "./dynamic-references.ts";
import { type Evaluated, isObject, Unknown } from "./value.ts";

/** What is wrong with a resource's properties, in the words of CloudFormation's schema validation. */
export interface Violation {
  readonly text: string;
  /** AWS has the property, Headwater has not. */
  readonly refused?: true;
}

export interface Checked {
  /** Every value in its type; values that are not known yet stay Unknown. */
  readonly properties: { [name: string]: Evaluated };
  readonly violations: readonly Violation[];
}

/**
 * Brings properties into the types of their table ("5" to 5, 5 to "5", "true" to true, as CloudFormation does) and
 * finds what breaks it.
 */
export function checkProperties(table: PropertyTable, given: { [name: string]: Evaluated }, takesAny = false): Checked {
  const checker = new Checker();
  const known = takesAny ? Object.fromEntries(Object.entries(given).filter(([name]) => name in table)) : given;
  const properties = { ...(takesAny && given), ...checker.object("#", table, known) };
  return { properties, violations: checker.violations };
}

class Checker {
  readonly violations: Violation[] = [];

  object(path: string, table: PropertyTable, given: { [name: string]: Evaluated }): { [name: string]: Evaluated } {
    const value: { [name: string]: Evaluated } = {};
    for (const [name, of] of Object.entries(table)) {
      if (of.required && !Object.hasOwn(given, name)) this.#fail(`${path}: required key [${name}] not found`);
    }
    for (const [name, raw] of Object.entries(given)) {
      const of = Object.hasOwn(table, name) ? table[name] : undefined;
      if (of === undefined) this.#fail(`${path}: extraneous key [${name}] is not permitted`);
      else if (of.kind !== "refused" || !of.except.some((harmless) => same(harmless, raw))) {
        value[name] = this.value(`${path}/${name}`, of, raw);
      }
    }
    return value;
  }

  value(path: string, of: Property, raw: Evaluated): Evaluated {
    if (of.kind === "refused") {
      this.violations.push({
        text: `${path.slice(2).replaceAll("/", ".")} is not supported by Headwater`,
        refused: true,
      });
      return raw;
    }
    if (of.kind === "readOnly") {
      return this.#fail(`Encountered unsupported property ${path.slice(2)}`, raw);
    }
    // a dynamic reference gets its value when the resource is made, and is checked again then
    if (raw instanceof Unknown || hasDynamicReference(raw)) return raw;
    switch (of.kind) {
      case "string":
        return this.#string(path, of, raw);
      case "choice":
        return this.#choice(path, of.choices, raw);
      case "integer":
        return this.#integer(path, of, raw);
      case "number": {
        const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
        return typeof value === "number" && Number.isFinite(value) ? value : this.#type(path, "Number", raw);
      }
      case "boolean":
        if (typeof raw === "boolean") return raw;
        if (raw === "true" || raw === "false") return raw === "true";
        return this.#type(path, "Boolean", raw);
      case "document":
        return this.#document(path, raw);
      case "list":
        if (!Array.isArray(raw)) return this.#type(path, "JSONArray", raw);
        if (of.max !== undefined && raw.length > of.max) {
          this.#fail(`${path}: expected maximum item count: ${of.max}, found: ${raw.length}`);
        }
        return raw.map((element, index) => this.value(`${path}/${index}`, of.of, element));
      case "map":
        if (!isObject(raw)) return this.#type(path, "JSONObject", raw);
        return Object.fromEntries(
          Object.entries(raw).map(([key, inner]) => [key, this.value(`${path}/${key}`, of.of, inner)]),
        );
      case "object":
        if (!isObject(raw)) return this.#type(path, "JSONObject", raw);
        return this.object(path, of.members, raw);
    }
  }

  #string(path: string, of: { min?: number; max?: number; pattern?: RegExp }, raw: Evaluated): Evaluated {
    if (typeof raw === "object" || typeof raw === "symbol") return this.#type(path, "String", raw);
    const value = String(raw);
    if (of.min !== undefined && value.length < of.min) {
      this.#fail(`${path}: expected minLength: ${of.min}, actual: ${value.length}`);
    } else if (of.max !== undefined && value.length > of.max) {
      this.#fail(`${path}: expected maxLength: ${of.max}, actual: ${value.length}`);
    } else if (of.pattern && !of.pattern.test(value)) {
      this.#fail(`${path}: string [${value}] does not match pattern ${of.pattern.source}`);
    }
    return value;
  }

  #choice(path: string, choices: readonly (string | number)[], raw: Evaluated): Evaluated {
    const found = choices.find((each) => each === raw || (typeof raw !== "object" && String(each) === String(raw)));
    return found ?? this.#fail(`${path}: ${JSON.stringify(raw)} is not a valid enum value`, raw);
  }

  #integer(path: string, of: { min?: number; max?: number }, raw: Evaluated): Evaluated {
    const value = typeof raw === "string" && /^-?\d+$/.test(raw.trim()) ? Number(raw) : raw;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) return this.#type(path, "Integer", raw);
    if (of.min !== undefined && value < of.min) this.#fail(`${path}: ${value} is not greater or equal to ${of.min}`);
    if (of.max !== undefined && value > of.max) this.#fail(`${path}: ${value} is not less or equal to ${of.max}`);
    return value;
  }

  #document(path: string, raw: Evaluated): Evaluated {
    if (isObject(raw)) return raw;
    if (typeof raw === "string") {
      try {
        const parsed: unknown = JSON.parse(raw);
        if (isObject(parsed)) return parsed as { [key: string]: Evaluated };
      } catch {
        // not JSON: falls through to the type error
      }
    }
    return this.#type(path, "JSONObject", raw);
  }

  #type(path: string, expected: string, raw: Evaluated): Evaluated {
    return this.#fail(`${path}: expected type: ${expected}, found: ${typeName(raw)}`, raw);
  }

  #fail(text: string, raw: Evaluated = null): Evaluated {
    this.violations.push({ text });
    return raw;
  }
}

function typeName(value: Evaluated): string {
  if (value === null) return "Null";
  if (Array.isArray(value)) return "JSONArray";
  if (typeof value === "object") return "JSONObject";
  if (typeof value === "number") return Number.isInteger(value) ? "Integer" : "BigDecimal";
  return typeof value === "boolean" ? "Boolean" : "String";
}

/** Loosely equal, as template scalars are: "512" is 512, also further down. */
const same = (a: unknown, b: unknown): boolean => scalarsAsText(a) === scalarsAsText(b);

const scalarsAsText = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) => (typeof inner === "object" ? inner : String(inner)));
