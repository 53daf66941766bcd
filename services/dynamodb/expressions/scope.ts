import { validationError } from "../errors.ts";
import { nameProblem, parseAttributeValue, type AttributeValue } from "../attribute-value.ts";
import { valueSizeBytes } from "../item-size.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { ValueWords } from "../value-words.ts";
import type { PathNode, ValueNode } from "./ast.ts";
import type { Path } from "./paths.ts";
import { invalidExpression, type ExpressionName } from "./tokens.ts";

const MAX_PLACEHOLDER_BYTES = 255;
/** Of all names of a request, and of all values. */
const MAX_MAP_BYTES = 2 * 1024 * 1024;

/** The names and values of one request, and which of them its expressions use. */
export class Scope {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  /** @throws AwsError ValidationException */
  constructor(
    names: Readonly<Record<string, string>> | undefined,
    values: Readonly<Record<string, object>> | undefined,
    words: ValueWords,
  ) {
    this.#names = new Map(entries("ExpressionAttributeNames", /^#[0-9a-zA-Z_]+$/, names));
    for (const [key, name] of this.#names) requireName(key, name);
    const rawValues = entries("ExpressionAttributeValues", /^:[0-9a-zA-Z_]+$/, values);
    this.#values = new Map(rawValues.map(([key, value]) => [key, parseValue(key, value, words)]));
    checkSize("ExpressionAttributeNames", this.#names, (name) => Buffer.byteLength(name));
    checkSize("ExpressionAttributeValues", this.#values, valueSizeBytes);
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(this.#values.keys());
  }

  /** @throws AwsError ValidationException for a name that is not defined */
  path(expression: ExpressionName, node: PathNode): Path {
    return node.parts.map((part) => {
      if ("index" in part) return part.index;
      return "name" in part ? part.name : this.#name(expression, part.placeholder);
    });
  }

  #name(expression: ExpressionName, placeholder: string): string {
    const name = this.#names.get(placeholder);
    if (name === undefined) {
      const problem = "An expression attribute name used in the document path is not defined; attribute name:";
      throw invalidExpression(expression, `${problem} ${placeholder}`);
    }
    this.#unusedNames.delete(placeholder);
    return name;
  }

  /** @throws AwsError ValidationException for a value that is not defined */
  value(expression: ExpressionName, { placeholder }: ValueNode): AttributeValue {
    const value = this.#values.get(placeholder);
    if (value === undefined) {
      const problem = "An expression attribute value used in expression is not defined; attribute value:";
      throw invalidExpression(expression, `${problem} ${placeholder}`);
    }
    this.#unusedValues.delete(placeholder);
    return value;
  }

  /** @throws AwsError ValidationException for names and values that no expression used */
  requireAllUsed(): void {
    if (this.#unusedNames.size > 0) throw unused("ExpressionAttributeNames", this.#unusedNames);
    if (this.#unusedValues.size > 0) throw unused("ExpressionAttributeValues", this.#unusedValues);
  }
}

const unused = (member: string, keys: ReadonlySet<string>): AwsError =>
  validationError(`Value provided in ${member} unused in expressions: keys: {${[...keys].join(", ")}}`);

function entries<T>(member: string, syntax: RegExp, map: Readonly<Record<string, T>> | undefined): [string, T][] {
  if (map === undefined) return [];
  const pairs = Object.entries(map);
  if (pairs.length === 0) throw validationError(`${member} must not be empty`);
  for (const [key] of pairs) {
    if (!syntax.test(key)) throw validationError(`${member} contains invalid key: Syntax error; key: "${key}"`);
    if (key.length > MAX_PLACEHOLDER_BYTES) {
      const problem = "The expression attribute map contains a key that is too long";
      throw validationError(`${member} contains invalid key: ${problem}; size of key: ${key.length}`);
    }
  }
  return pairs;
}

function checkSize<T>(member: string, map: ReadonlyMap<string, T>, sizeOf: (value: T) => number): void {
  let bytes = 0;
  for (const [key, value] of map) bytes += key.length + sizeOf(value);
  if (bytes > MAX_MAP_BYTES) throw validationError(`${member} exceeds max size`);
}

function requireName(key: string, name: string | null): void {
  const problem = name === null ? "null" : nameProblem(name);
  if (problem === undefined) return;
  throw validationError(`ExpressionAttributeNames contains invalid value: ${problem} for key ${key}`);
}

function parseValue(key: string, value: object, words: ValueWords): AttributeValue {
  try {
    return parseAttributeValue(value, words);
  } catch (error) {
    throw error instanceof AwsError ? words.expressionValue(key, error) : error;
  }
}
