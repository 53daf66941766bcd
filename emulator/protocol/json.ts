import { decoder } from "./json-decode.ts";
import { encoder } from "./json-encode.ts";
import type { JsonOptions } from "./json-members.ts";
import type { StructureShape } from "./shapes.ts";

export type { JsonOptions };

interface Codec {
  decode(value: unknown): Record<string, unknown>;
  encode(value: Readonly<Record<string, unknown>>): unknown;
}

/**
 * A codec between parsed JSON (or CBOR) and what operations see, compiled once for each structure. Decoding is strict:
 * a member of the wrong type is a SerializationException with AWS's words, where the SDK's own codec lets it pass.
 */
export function jsonCodec(shape: StructureShape, options: JsonOptions): Codec {
  const decode = decoder(shape, options);
  return {
    decode: (value) => decode(value) as Record<string, unknown>,
    encode: encoder(shape, options, new Map()),
  };
}
