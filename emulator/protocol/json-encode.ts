import { tag } from "@smithy/core/cbor";
import { convertedMembers, nameOnWire, type Convert, type JsonOptions, type Leaves } from "./json-members.ts";
import type { Shape, StructureShape } from "./shapes.ts";

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

export function encoder(shape: Shape, options: JsonOptions, made: Map<StructureShape, Convert>): Convert {
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
