import { againstPolicy, invalidPolicy } from "./errors.ts";

interface Condition {
  readonly operator: "eq" | "starts-with";
  /** In lower case; undefined: the condition makes no sense, and nothing meets it. */
  readonly field: string | undefined;
  readonly value: string;
  /** As an error shows it. */
  readonly shown: string;
}

export interface SizeRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Fields that no condition has to name. */
const FREE = /^(?:x-amz-signature|awsaccesskeyid|signature|policy|file|x-ignore-.*)$/;

/**
 * What a form may send: signed by whoever lets it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export class PostPolicy {
  readonly #expiresMs: number;
  readonly #conditions: readonly Condition[];
  readonly size: SizeRange | undefined;

  /** @throws AwsError InvalidPolicyDocument */
  constructor(base64: string) {
    const { expiration, conditions } = parse(base64);
    if (expiration === undefined) throw invalidPolicy("Policy missing expiration.");
    const expiresMs = typeof expiration === "string" && ISO.test(expiration) ? Date.parse(expiration) : Number.NaN;
    if (Number.isNaN(expiresMs)) throw invalidPolicy(`Invalid 'expiration' value: '${show(expiration)}'`);
    if (conditions === undefined) throw invalidPolicy("Policy missing conditions.");
    if (!Array.isArray(conditions)) throw invalidPolicy("Invalid 'conditions' value: must be a List.");
    this.#expiresMs = expiresMs;
    const read = conditions.flatMap(readCondition);
    this.#conditions = read.filter((condition) => "field" in condition);
    this.size = read.find((condition) => "maxBytes" in condition);
  }

  /** @param fields by name in lower case, `bucket` among them @throws AwsError AccessDenied */
  check(fields: ReadonlyMap<string, string>, nowMs: number): void {
    if (nowMs >= this.#expiresMs) throw againstPolicy("Policy expired.");
    for (const condition of this.#conditions) {
      if (!holds(condition, fields)) {
        throw againstPolicy(`Policy Condition failed: ${condition.shown}`);
      }
    }
    const named = new Set(["bucket", ...this.#conditions.map(({ field }) => field)]);
    const extra = [...fields.keys()].filter((name) => !named.has(name) && !FREE.test(name));
    if (extra.length > 0) throw againstPolicy(`Extra input fields: ${extra.join(", ")}`);
  }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function parse(base64: string): { readonly expiration?: unknown; readonly conditions?: unknown } {
  try {
    const document: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof document === "object" && document !== null && !Array.isArray(document)) return document;
  } catch {
    // as below
  }
  throw invalidPolicy("Invalid JSON.");
}

const condition = (operator: Condition["operator"], name: string, value: string): Condition => {
  const field = name.replace(/^\$/, "");
  return {
    operator,
    field: field.toLowerCase(),
    value,
    shown: `["${operator}", "$${field}", ${JSON.stringify(value)}]`,
  };
};

function readCondition(given: unknown): readonly (Condition | SizeRange)[] {
  if (Array.isArray(given)) return [readList(given)];
  if (typeof given !== "object" || given === null) throw invalidPolicy(`Invalid Condition: ${show(given)}`);
  const entries = Object.entries(given);
  if (entries.length !== 1)
    throw invalidPolicy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  return entries.map(([name, value]) => {
    if (typeof value !== "string") throw invalidPolicy("Invalid Simple-Condition: value must be a string.");
    return condition("eq", name, value);
  });
}

function readList([operator, first, second, ...more]: readonly unknown[]): Condition | SizeRange {
  const name = String(operator).toLowerCase();
  if (second === undefined || more.length > 0) throw invalidPolicy(`Invalid Condition: wrong number of arguments.`);
  if (name === "content-length-range") {
    const [minBytes, maxBytes] = [Number(first), Number(second)];
    if (Number.isInteger(minBytes) && Number.isInteger(maxBytes) && minBytes >= 0) return { minBytes, maxBytes };
    return nothingMeets([name, first, second]);
  }
  if (name !== "eq" && name !== "starts-with")
    throw invalidPolicy(`Invalid Condition: unknown operation '${show(operator)}'.`);
  if (typeof first !== "string" || typeof second !== "string") {
    throw invalidPolicy(`Invalid Condition: invalid argument of '${name}'.`);
  }
  return first.startsWith("$") ? condition(name, first, second) : nothingMeets([name, first, second]);
}

const nothingMeets = (given: readonly unknown[]): Condition => ({
  operator: "eq",
  field: undefined,
  value: "",
  shown: `[${given.map((one) => JSON.stringify(one)).join(", ")}]`,
});

function holds({ operator, field, value }: Condition, fields: ReadonlyMap<string, string>): boolean {
  if (field === undefined) return false;
  const given = fields.get(field);
  if (given === undefined) return operator === "starts-with" && value === "";
  if (operator === "eq") return given === value;
  // a content type may be a list, every one of which has to begin so
  const each = field === "content-type" ? given.split(",") : [given];
  return each.every((one) => one.startsWith(value));
}
