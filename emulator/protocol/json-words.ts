import type { DynamoDbParser } from "./json-members.ts";
import type { Shape } from "./shapes.ts";

/** Where a value stands that is of the wrong type: as a member of a structure, or within a list or a map. */
export type Standing = "member" | "within";

export interface JsonWords {
  /** Of a value that is none of the type. */
  scalar(value: unknown, type: string): string;
  list(value: unknown, standing: Standing): string;
  map(value: unknown, of: Shape, standing: Standing): string;
  structure(value: unknown, name: string, standing: Standing): string;
  readonly notBase64: string;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

const MISPLACED_STRUCTURE = "Start of structure or map found where not expected";

function cannotConvert(value: string | number | boolean, type: string): string {
  if (typeof value === "boolean") return `${value ? "TRUE_VALUE" : "FALSE_VALUE"} cannot be converted to ${type}`;
  if (typeof value === "number") {
    return `${Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE"} cannot be converted to ${type}`;
  }
  return `STRING_VALUE cannot be converted to ${type}`;
}

/** The words of most services. */
export const COMMON_WORDS: JsonWords = {
  scalar: (value, type) => {
    if (Array.isArray(value)) return `Unrecognized collection type class java.lang.${type}`;
    if (typeof value === "object") return `${MISPLACED_STRUCTURE}.`;
    return cannotConvert(value as string | number | boolean, type);
  },
  list: (value) => (isObject(value) ? `${MISPLACED_STRUCTURE}.` : "Unexpected field type"),
  map: (value) => (Array.isArray(value) ? "Unrecognized collection type class java.util.Map" : "Unexpected field type"),
  structure: (value, name) =>
    Array.isArray(value) ? `Unrecognized collection type class ${name}` : "Unexpected field type",
  notBase64: "Invalid Base64 character found",
};

/** What its parser says where it did not foresee that types have parameters. */
const PARAMETERIZED = "sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl";
const NO_CLASS =
  `class ${PARAMETERIZED} cannot be cast to class java.lang.Class (${PARAMETERIZED} and java.lang.Class are in module ` +
  "java.base of loader 'bootstrap')";

/** DynamoDB's own, which name its Java classes. */
export function dynamoDbWords({ javaPackage }: DynamoDbParser): JsonWords {
  const typeOf = (shape: Shape): string => {
    if (shape.kind === "structure") return `${javaPackage}.${shape.name}`;
    if (shape.kind === "list") return `java.util.List<${typeOf(shape.element())}>`;
    return shape.kind === "map" ? `java.util.Map<java.lang.String, ${typeOf(shape.value())}>` : "java.lang.String";
  };
  const collection = (standing: Standing) => (standing === "within" ? NO_CLASS : "Unexpected field type");
  return {
    scalar: (value, type) => {
      const isBlob = type === "ByteBuffer";
      if (Array.isArray(value)) return `Unrecognized collection type class java.${isBlob ? "nio" : "lang"}.${type}`;
      if (typeof value === "object") return MISPLACED_STRUCTURE;
      if (isBlob) return "only base-64-encoded strings are convertible to bytes";
      return cannotConvert(value as string | number | boolean, type);
    },
    list: (value, standing) => (isObject(value) ? MISPLACED_STRUCTURE : collection(standing)),
    map: (value, of, standing) =>
      Array.isArray(value)
        ? `Unrecognized collection type java.util.Map<java.lang.String, ${typeOf(of)}>`
        : collection(standing),
    structure: (value, name, standing) => {
      if (Array.isArray(value)) return `Unrecognized collection type class ${javaPackage}.${name}`;
      return standing === "within" ? "Unexpected value type in payload" : "Unexpected field type";
    },
    // AWS spells it so
    notBase64: "Invalid last non-pad Base64 character dectected",
  };
}
