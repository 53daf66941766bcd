import { tag } from "@smithy/core/cbor";
import { AwsError, type CommonError } from "../model/errors.ts";
import { base64Bytes } from "../model/validate.ts";
import { byName } from "../runtime/by-name.ts";
import type { Shape, StructureShape } from "./shapes.ts";

/** How the leaves of a body look that JSON text and CBOR carry differently. */
export type Leaves = "json" | "cbor" | "cbor-milliseconds";

export interface JsonOptions {
  /** What operations see of a blob: its base64 text or its bytes. */
  readonly blobs: "base64" | "bytes";
  readonly leaves: Leaves;
  /** restJson names members by their jsonName trait. */
  readonly jsonNames: boolean;
  /** Names of the members that are doubles, see Service. */
  readonly doubles?: readonly string[] | undefined;
  readonly error: CommonError;
}

type Convert = (value: unknown) => unknown;

interface Codec {
  decode(value: unknown): Record<string, unknown>;
  encode(value: Readonly<Record<string, unknown>>): unknown;
}

/**
 * A codec between parsed JSON (or CBOR) and what operations see, compiled once for each structure. Decoding is strict:
 * a member of the wrong type is a SerializationException with AWS's words, where the SDK's own codec lets it pass.
 */
export function jsonCodec(shape: StructureShape, options: JsonOptions): Codec {
  const decode = decoder(shape, options, new Map());
  return {
    decode: (value) => decode(value) as Record<string, unknown>,
    encode: encoder(shape, options, new Map()),
  };
}

const nameOnWire = (member: { name: string; traits: { jsonName?: string } }, options: JsonOptions): string =>
  options.jsonNames ? (member.traits.jsonName ?? member.name) : member.name;

const JAVA_NAMES = {
  string: "String",
  number: "Number",
  boolean: "Boolean",
  timestamp: "Timestamp",
  blob: "ByteBuffer",
} as const;

/** The members of a structure with what each is converted by; shapes that hold themselves are converted when they are met. */
const convertedMembers = (
  shape: StructureShape,
  options: JsonOptions,
  convertOf: (of: Shape, name: string) => Convert,
) =>
  shape.members.map((member) => ({
    name: member.name,
    wire: nameOnWire(member, options),
    convert: lazyConvert(() => convertOf(member.shape(), member.name)),
  }));

/** The numbers that JSON has no form for: there they are text. */
const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** @param isDouble whether numbers may be other than finite */
function decoder(shape: Shape, options: JsonOptions, made: Map<StructureShape, Convert>, isDouble = false): Convert {
  const fail = (message: string): never => {
    throw new AwsError(options.error, message);
  };
  switch (shape.kind) {
    case "structure": {
      const known = made.get(shape);
      if (known) return known;
      const members = convertedMembers(shape, options, (of, name) =>
        decoder(of, options, made, options.doubles?.includes(name)),
      );
      const byWire = new Map(members.map((member) => [member.wire, member]));
      const convertUnion = (value: Record<string, unknown>): Record<string, unknown> => {
        const out: Record<string, unknown> = {};
        for (const wire of Object.keys(value)) {
          const member = byWire.get(wire);
          const given = value[wire];
          if (member && given !== undefined && given !== null) out[member.name] = member.convert(given);
        }
        return out;
      };
      const convert: Convert = (value) => {
        if (!isObject(value)) return fail(notAStructure(value, shape.name));
        // one of many members: it is looked for by its name
        if (shape.union) return convertUnion(value);
        const out: Record<string, unknown> = {};
        for (const member of members) {
          const given = value[member.wire];
          if (given !== undefined && given !== null) out[member.name] = member.convert(given);
        }
        return out;
      };
      made.set(shape, convert);
      return convert;
    }
    case "list": {
      const element = lazyConvert(() => decoder(shape.element(), options, made, isDouble));
      return (value) => {
        if (!Array.isArray(value)) return fail(isObject(value) ? MISPLACED_STRUCTURE : "Unexpected field type");
        return value.map((item: unknown) => {
          if (item !== null && item !== undefined) return element(item);
          return shape.traits.sparse ? null : fail("Null value found where a list element was expected");
        });
      };
    }
    case "map": {
      const convert = lazyConvert(() => decoder(shape.value(), options, made));
      return (value) => {
        if (!isObject(value)) return fail(notAStructure(value, "java.util.Map"));
        // no prototype: a key named __proto__ is a key like any other
        const out = byName<unknown>();
        for (const key of Object.keys(value)) {
          const item = value[key];
          if (item !== null && item !== undefined) out[key] = convert(item);
          else if (shape.traits.sparse) out[key] = null;
        }
        return out;
      };
    }
    case "number":
      return (value) => {
        if (typeof value === "number" && (isDouble || Number.isFinite(value))) return value;
        const special = isDouble && typeof value === "string" ? NON_FINITE[value] : undefined;
        return special ?? fail(cannotConvert(value, JAVA_NAMES.number));
      };
    case "string":
    case "boolean": {
      const { kind } = shape;
      return (value) => (typeof value === kind ? value : fail(cannotConvert(value, JAVA_NAMES[kind])));
    }
    case "timestamp":
      return (value) => readTimestamp(value, options, fail);
    case "blob":
      return options.leaves === "json" ? base64Decoder(options, fail) : cborBytesDecoder(options, fail);
    case "document":
      return (value) => value;
  }
}

const MISPLACED_STRUCTURE = "Start of structure or map found where not expected.";

function cannotConvert(value: unknown, type: string): string {
  if (Array.isArray(value)) return `Unrecognized collection type class java.lang.${type}`;
  if (typeof value === "object") return MISPLACED_STRUCTURE;
  if (typeof value === "boolean") return `${value ? "TRUE_VALUE" : "FALSE_VALUE"} cannot be converted to ${type}`;
  if (typeof value === "number") {
    return `${Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE"} cannot be converted to ${type}`;
  }
  return `STRING_VALUE cannot be converted to ${type}`;
}

const notAStructure = (value: unknown, name: string): string =>
  Array.isArray(value) ? `Unrecognized collection type class ${name}` : "Unexpected field type";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function readTimestamp(value: unknown, options: JsonOptions, fail: (message: string) => never): Date {
  const raw = isCborTag(value) ? value.value : value;
  const date =
    typeof raw === "number" || typeof raw === "bigint"
      ? new Date(options.leaves === "cbor-milliseconds" ? Number(raw) : Number(raw) * 1000)
      : new Date(typeof raw === "string" ? raw : Number.NaN);
  if (Number.isNaN(date.getTime())) fail(cannotConvert(raw, "Timestamp"));
  return date;
}

const isCborTag = (value: unknown): value is { tag: number; value: unknown } =>
  typeof value === "object" && value !== null && "tag" in value && "value" in value;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const scratch = Buffer.allocUnsafe(64 * 1024);

/**
 * Node's decoder, seven times as fast as the pattern, leaves out what is not base64: then the length tells. It also takes
 * the URL's alphabet, and characters beyond ASCII by their low byte, which are looked for apart.
 */
const isBase64 = (text: string): boolean =>
  text.length > scratch.length
    ? BASE64.test(text)
    : scratch.write(text, "base64") === base64Bytes(text) &&
      !text.includes("-") &&
      !text.includes("_") &&
      Buffer.byteLength(text) === text.length;

function base64Decoder(options: JsonOptions, fail: (message: string) => never): Convert {
  return (value) => {
    if (typeof value !== "string") return fail(cannotConvert(value, "ByteBuffer"));
    if (value.length % 4 !== 0) {
      fail(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
    }
    if (!isBase64(value)) fail("Invalid Base64 character found");
    return options.blobs === "base64" ? value : Buffer.from(value, "base64");
  };
}

function cborBytesDecoder(options: JsonOptions, fail: (message: string) => never): Convert {
  return (value) => {
    if (!(value instanceof Uint8Array)) return fail(cannotConvert(value, "ByteBuffer"));
    const bytes = Buffer.from(value); // the CBOR decoder answers views of the whole message
    return options.blobs === "base64" ? bytes.toString("base64") : bytes;
  };
}

/** Compiles on first use: structures may contain themselves. */
function lazyConvert(make: () => Convert): Convert {
  let made: Convert | undefined;
  return (value) => (made ??= make())(value);
}

/** Whether anything that `shape` can hold looks different on the wire. Most answers cost nothing but JSON.stringify. */
function converts(shape: Shape, options: JsonOptions, seen = new Set<Shape>()): boolean {
  switch (shape.kind) {
    case "structure":
      if (seen.has(shape)) return false;
      seen.add(shape);
      return shape.members.some(
        (member) => nameOnWire(member, options) !== member.name || converts(member.shape(), options, seen),
      );
    case "list":
      return converts(shape.element(), options, seen);
    case "map":
      return converts(shape.value(), options, seen);
    case "timestamp":
      return true;
    case "blob":
      return (options.leaves === "json") !== (options.blobs === "base64");
    default:
      return false;
  }
}

function encoder(shape: Shape, options: JsonOptions, made: Map<StructureShape, Convert>): Convert {
  if (!converts(shape, options)) return (value) => value;
  switch (shape.kind) {
    case "structure": {
      const known = made.get(shape);
      if (known) return known;
      const members = convertedMembers(shape, options, (of) => encoder(of, options, made));
      const convert: Convert = (value) => {
        const source = value as Record<string, unknown>;
        const out: Record<string, unknown> = {};
        for (const { name, wire, convert: encode } of members) {
          const given = source[name];
          if (given !== undefined && given !== null) out[wire] = encode(given);
        }
        return out;
      };
      made.set(shape, convert);
      return convert;
    }
    case "list": {
      const element = encoder(shape.element(), options, made);
      return (value) => (value as unknown[]).map((item) => (item === null ? null : element(item)));
    }
    case "map": {
      const convert = encoder(shape.value(), options, made);
      return (value) =>
        Object.fromEntries(
          Object.entries(value as object).map(([key, item]: [string, unknown]) => [
            key,
            item === null ? null : convert(item),
          ]),
        );
    }
    case "timestamp":
      return (value) => writeTimestamp(value as Date, shape.format, options.leaves);
    case "blob":
      return options.leaves === "json" ? toBase64 : (value) => Buffer.from(value as string, "base64");
    default:
      return (value) => value;
  }
}

const toBase64: Convert = (value) => {
  const bytes = value as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
};

function writeTimestamp(date: Date, format: string, leaves: Leaves): unknown {
  if (leaves === "json") return format === "date-time" ? date.toISOString() : date.getTime() / 1000;
  return leaves === "cbor" ? tag({ tag: 1, value: date.getTime() / 1000 }) : tag({ tag: 1, value: date.getTime() });
}
