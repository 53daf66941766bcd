import type { InputOf } from "../../emulator/model/sdk.ts";
import { byName } from "../../emulator/runtime/by-name.ts";
import { failedConstraint, invalidParameter, validationError } from "./errors.ts";
import type { KeyAttribute } from "./expressions/index.ts";
import type { IndexProjection, Keys, Throughput } from "./model.ts";

type CreateTable = InputOf<"dynamodb", "CreateTable">;
export type KeySchema = NonNullable<CreateTable["KeySchema"]>;
export type AttributeDefinitions = NonNullable<CreateTable["AttributeDefinitions"]>;
export type ProjectionInput = NonNullable<CreateTable["GlobalSecondaryIndexes"]>[number]["Projection"];
type ThroughputInput = CreateTable["ProvisionedThroughput"];
export type AttributeTypes = Readonly<Record<string, "S" | "N" | "B">>;

const HIGHEST_UNITS = 1_000_000_000_000;
const MOST_LOCAL_INDEXES = 5;
const MOST_GLOBAL_INDEXES = 20;
const MOST_PROJECTED_ATTRIBUTES = 100;
/** Of each key of a global index. */
export const MOST_KEY_ATTRIBUTES = 4;

/** @throws AwsError ValidationException */
export function attributeTypesOf(definitions: AttributeDefinitions): AttributeTypes {
  const types = byName<"S" | "N" | "B">();
  for (const { AttributeName, AttributeType } of definitions) {
    if (Object.hasOwn(types, AttributeName)) {
      throw invalidParameter(`Duplicate AttributeName in AttributeDefinitions: ${AttributeName}`);
    }
    types[AttributeName] = AttributeType;
  }
  return types;
}

/**
 * The keys of a table or a local index, one attribute each, or of a global index.
 * @throws AwsError ValidationException
 */
export function keysOf(schema: KeySchema, types: AttributeTypes, mostAttributes = 1): Keys {
  checkLength(schema, 2 * mostAttributes);
  checkDefined(schema, types);
  checkNames(schema, mostAttributes);
  const [first, second] = schema;
  if (first?.KeyType !== "HASH") {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (mostAttributes === 1 && second?.KeyType === "HASH") {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const firstRange = schema.findIndex(({ KeyType }) => KeyType === "RANGE");
  if (firstRange >= 0 && schema.slice(firstRange).some(({ KeyType }) => KeyType === "HASH")) {
    throw invalidParameter("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  }
  const attributesOf = (type: "HASH" | "RANGE"): KeyAttribute[] => {
    const names = schema.filter(({ KeyType }) => KeyType === type).map(({ AttributeName }) => AttributeName);
    if (names.length > mostAttributes) {
      throw invalidParameter(`The KeySchema exceeds the maximum allowed number of ${type} key attributes`);
    }
    return names.map((name) => ({ name, type: types[name] ?? "S" }));
  };
  return { partition: attributesOf("HASH") as unknown as Keys["partition"], sort: attributesOf("RANGE") };
}

function checkLength(schema: KeySchema, most: number): void {
  if (schema.length === 0) {
    throw failedConstraint("[]", "keySchema", "Member must have length greater than or equal to 1");
  }
  if (schema.length <= most) return;
  const shown = schema.map((e) => `KeySchemaElement(attributeName=${e.AttributeName}, keyType=${e.KeyType})`);
  throw failedConstraint(`[${shown.join(", ")}]`, "keySchema", `Member must have length less than or equal to ${most}`);
}

function checkDefined(schema: KeySchema, types: AttributeTypes): void {
  const names = schema.map(({ AttributeName }) => AttributeName);
  const defined = Object.keys(types);
  if (names.length > defined.length) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  if (names.some((name) => !Object.hasOwn(types, name))) throw keysNotDefined(names, defined);
}

export const keysNotDefined = (names: readonly string[], defined: readonly string[]) =>
  invalidParameter(
    "Some index key attributes are not defined in AttributeDefinitions. " +
      `Keys: [${names.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
  );

/** No attribute is given twice. */
function checkNames(schema: KeySchema, mostAttributes: number): void {
  if (new Set(schema.map(({ AttributeName }) => AttributeName)).size === schema.length) return;
  const isPair = schema.length === 2 && (mostAttributes === 1 || schema[1]?.KeyType === "RANGE");
  throw validationError(
    isPair
      ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
      : "The KeySchema contains multiple key attributes with the same name",
  );
}

/** @throws AwsError ValidationException */
export function projectionOf(projection: ProjectionInput): IndexProjection {
  const type = projection?.ProjectionType;
  const nonKeyAttributes = projection?.NonKeyAttributes;
  if (type === undefined) throw invalidParameter("Unknown ProjectionType: null");
  if (type === "INCLUDE") {
    if (nonKeyAttributes === undefined) {
      throw invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    }
    const twice = nonKeyAttributes.find((name, i) => nonKeyAttributes.indexOf(name) !== i);
    if (twice !== undefined) throw invalidParameter(`Duplicate attribute in NonKeyAttributes: ${twice}`);
    return { type, nonKeyAttributes };
  }
  if (nonKeyAttributes !== undefined) {
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  return { type };
}

/** The limits that hold for the indexes of a table together. @throws AwsError ValidationException */
export function checkIndexes(
  indexes: readonly {
    readonly name: string;
    readonly kind: "global" | "local";
    readonly projection: IndexProjection;
  }[],
): void {
  const names = new Set<string>();
  for (const { name } of indexes) {
    if (names.has(name)) throw invalidParameter(`Duplicate index name: ${name}`);
    names.add(name);
  }
  if (indexes.filter((index) => index.kind === "local").length > MOST_LOCAL_INDEXES) {
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MOST_LOCAL_INDEXES}`);
  }
  if (indexes.filter((index) => index.kind === "global").length > MOST_GLOBAL_INDEXES) {
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${MOST_GLOBAL_INDEXES}`);
  }
  const projected = indexes.flatMap((index) => index.projection.nonKeyAttributes ?? []);
  if (projected.length > MOST_PROJECTED_ATTRIBUTES) {
    throw invalidParameter(
      `Number of projected attributes exceeds the per-table limit of ${MOST_PROJECTED_ATTRIBUTES}`,
    );
  }
}

/** Every defined attribute must be one of a key. @throws AwsError ValidationException */
export function checkAllDefined(types: AttributeTypes, used: ReadonlySet<string>, hasIndexes: boolean): void {
  const defined = Object.keys(types);
  if (defined.every((name) => used.has(name))) return;
  throw hasIndexes
    ? invalidParameter(
        "Some AttributeDefinitions are not used. " +
          `AttributeDefinitions: [${defined.join(", ")}], keys used: [${[...used].join(", ")}]`,
      )
    : invalidParameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
      );
}

const TABLE_CLASSES = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"];

/** @throws AwsError ValidationException */
export function checkTableClass(given: string | undefined): void {
  if (given === undefined || TABLE_CLASSES.includes(given)) return;
  throw validationError(
    "Invalid table-class parameter provided. Please try again with a valid table-class value: " +
      `[${TABLE_CLASSES.join(", ")}].`,
  );
}

/** @throws AwsError ValidationException */
export function throughputOf(input: ThroughputInput): Throughput {
  const readUnits = input?.ReadCapacityUnits ?? 0;
  const writeUnits = input?.WriteCapacityUnits ?? 0;
  for (const [name, units] of [
    ["ReadCapacityUnits", readUnits],
    ["WriteCapacityUnits", writeUnits],
  ] as const) {
    if (units > HIGHEST_UNITS) throw validationError(`Given value ${units} for ${name} is out of bounds`);
  }
  return { readUnits, writeUnits, decreasesToday: 0 };
}

/** @throws AwsError ValidationException */
export function checkIndexThroughput(name: string, throughput: unknown, payPerRequest: boolean): void {
  if (payPerRequest && throughput !== undefined) {
    throw invalidParameter(
      `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (!payPerRequest && throughput === undefined) {
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${name}`);
  }
}
