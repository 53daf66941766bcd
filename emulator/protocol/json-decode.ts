import { AwsError } from "../model/errors.ts";
import { base64Bytes } from "../model/validate.ts";
import { byName } from "../runtime/by-name.ts";
import { convertedMembers, lazyConvert, type Convert, type DynamoDbParser, type JsonOptions } from "./json-members.ts";
import { COMMON_WORDS, dynamoDbWords, isObject, type JsonWords, type Standing } from "./json-words.ts";
import type { Shape, StructureShape } from "./shapes.ts";

type Fail = (message: string) => never;

/** What the decoders of one structure share. */
interface Decoding extends JsonOptions {
  readonly words: JsonWords;
  readonly fail: Fail;
  /** The decoders of structures that are made or being made: structures may contain themselves. */
  readonly made: Map<StructureShape, Convert>;
}

/** What is known of a value by where it stands. */
interface Place {
  readonly standing: Standing;
  /** The member that it is of, or in a list of. */
  readonly member?: string;
  /** In a union: one of the sets of an attribute value. */
  readonly inUnion?: boolean;
}

export function decoder(shape: StructureShape, options: JsonOptions): Convert {
  const words = options.parser === undefined ? COMMON_WORDS : dynamoDbWords(options.parser);
  const fail = (message: string): never => {
    throw new AwsError(options.error, message);
  };
  return decoderOf(shape, { ...options, words, fail, made: new Map() }, { standing: "member" });
}

function decoderOf(shape: Shape, on: Decoding, place: Place): Convert {
  switch (shape.kind) {
    case "structure": {
      const members = structureDecoder(shape, on);
      const { words, fail } = on;
      return (value) => (isObject(value) ? members(value) : fail(words.structure(value, shape.name, place.standing)));
    }
    case "list":
      return listDecoder(shape, on, place);
    case "map":
      return mapDecoder(shape, on, place);
    case "number":
      return numberDecoder(on, place);
    case "boolean":
      return on.parser === undefined ? scalarDecoder("boolean", "Boolean", on) : textBooleanDecoder(on);
    case "string":
      return scalarDecoder("string", "String", on);
    case "timestamp":
      return (value) => readTimestamp(value, on);
    case "blob":
      return on.leaves === "json" ? base64Decoder(on) : cborBytesDecoder(on);
    case "document":
      return (value) => value;
  }
}

function structureDecoder(shape: StructureShape, on: Decoding): Convert {
  const known = on.made.get(shape);
  if (known) return known;
  const members = convertedMembers(shape, on, (of, member) =>
    decoderOf(of, on, { standing: "member", member, inUnion: shape.union }),
  );
  const byWire = new Map(members.map((member) => [member.wire, member]));
  // one of many members: it is looked for by its name
  const convertUnion = (value: Record<string, unknown>): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const wire of Object.keys(value)) {
      const member = byWire.get(wire);
      const given = value[wire];
      if (member && given !== undefined && given !== null) out[member.name] = member.convert(given);
    }
    return out;
  };
  const convertAll = (value: Record<string, unknown>): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const member of members) {
      const given = value[member.wire];
      if (given !== undefined && given !== null) out[member.name] = member.convert(given);
    }
    return out;
  };
  const convert = (shape.union ? convertUnion : convertAll) as Convert;
  on.made.set(shape, convert);
  return convert;
}

/** DynamoDB's operations complain of nulls among values, keys and the members of sets in words of their own. */
function listDecoder(shape: Extract<Shape, { kind: "list" }>, on: Decoding, place: Place): Convert {
  const { standing, member, inUnion } = place;
  const of = shape.element();
  const keepsNulls =
    shape.traits.sparse !== undefined ||
    (on.parser !== undefined && (inUnion === true || of.kind === "map" || (of.kind === "structure" && of.union)));
  const inside: Place = { standing: "within", ...(member !== undefined && { member }) };
  const element = lazyConvert(() => decoderOf(of, on, inside));
  const { words, fail } = on;
  return (value) => {
    if (!Array.isArray(value)) return fail(words.list(value, standing));
    return value.map((item: unknown) => {
      if (item !== null && item !== undefined) return element(item);
      return keepsNulls ? null : fail("Null value found where a list element was expected");
    });
  };
}

function mapDecoder(shape: Extract<Shape, { kind: "map" }>, on: Decoding, { standing }: Place): Convert {
  const of = shape.value();
  const keepsNulls = shape.traits.sparse !== undefined || on.parser !== undefined;
  const convert = lazyConvert(() => decoderOf(of, on, { standing: "within" }));
  const { words, fail } = on;
  return (value) => {
    if (!isObject(value)) return fail(words.map(value, of, standing));
    // a key named __proto__ is a key like any other
    const out = byName<unknown>();
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item !== null && item !== undefined) out[key] = convert(item);
      else if (keepsNulls) out[key] = null;
    }
    return out;
  };
}

function scalarDecoder(kind: "string" | "boolean", type: string, { words, fail }: Decoding): Convert {
  return (value) => (typeof value === kind ? value : fail(words.scalar(value, type)));
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "1"].map((text) => [text, true] as const),
  ...["false", "f", "no", "n", "0"].map((text) => [text, false] as const),
]);

/** DynamoDB takes text that says what is meant. */
function textBooleanDecoder({ words, fail }: Decoding): Convert {
  return (value) => {
    if (typeof value === "boolean") return value;
    if (typeof value !== "string") return fail(words.scalar(value, "Boolean"));
    return TRUTHS.get(value.toLowerCase()) ?? fail("Unexpected token received from parser");
  };
}

/** The numbers that JSON has no form for: there they are text. */
const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function numberDecoder({ doubles, parser, words, fail }: Decoding, { member = "" }: Place): Convert {
  if (parser !== undefined) return integerDecoder(parser, member, words, fail);
  const isDouble = doubles?.includes(member) === true;
  return (value) => {
    if (typeof value === "number" && (isDouble || Number.isFinite(value))) return value;
    const special = isDouble && typeof value === "string" ? NON_FINITE[value] : undefined;
    return special ?? fail(words.scalar(value, "Number"));
  };
}

const HIGHEST_INTEGER = 2 ** 31 - 1;

/** All of DynamoDB's numbers are integers; a fraction is left out, and what is too large is as large as can be. */
function integerDecoder({ longs }: DynamoDbParser, member: string, words: JsonWords, fail: Fail): Convert {
  const isLong = longs.test(member);
  const highest = isLong ? Number.MAX_SAFE_INTEGER : HIGHEST_INTEGER;
  const type = isLong ? "Long" : "Integer";
  return (value) => {
    if (typeof value !== "number") return fail(words.scalar(value, type));
    return Math.trunc(Math.min(Math.max(value, -highest - 1), highest));
  };
}

function readTimestamp(value: unknown, { leaves, words, fail }: Decoding): Date {
  const raw = isCborTag(value) ? value.value : value;
  const date =
    typeof raw === "number" || typeof raw === "bigint"
      ? new Date(leaves === "cbor-milliseconds" ? Number(raw) : Number(raw) * 1000)
      : new Date(typeof raw === "string" ? raw : Number.NaN);
  if (Number.isNaN(date.getTime())) fail(words.scalar(raw, "Timestamp"));
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

function base64Decoder({ blobs, words, fail }: Decoding): Convert {
  return (value) => {
    if (typeof value !== "string") return fail(words.scalar(value, "ByteBuffer"));
    if (value.length % 4 !== 0) {
      fail(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
    }
    if (!isBase64(value)) fail(words.notBase64);
    return blobs === "base64" ? value : Buffer.from(value, "base64");
  };
}

function cborBytesDecoder({ blobs, words, fail }: Decoding): Convert {
  return (value) => {
    if (!(value instanceof Uint8Array)) return fail(words.scalar(value, "ByteBuffer"));
    const bytes = Buffer.from(value); // the CBOR decoder answers views of the whole message
    return blobs === "base64" ? bytes.toString("base64") : bytes;
  };
}
