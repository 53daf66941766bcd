import type { CommonError } from "../model/errors.ts";
import type { Member, Shape, StructureShape } from "./shapes.ts";

/** How the leaves of a body look that JSON text and CBOR carry differently. */
export type Leaves = "json" | "cbor" | "cbor-milliseconds";

/** What DynamoDB's parser does otherwise than those of other services. */
export interface DynamoDbParser {
  /** Where its Java classes are, as its complaints name them. */
  readonly javaPackage: string;
  /** The names of members that are of 64 bits; all others are of 32. */
  readonly longs: RegExp;
}

export interface JsonOptions {
  /** What operations see of a blob: its base64 text or its bytes. */
  readonly blobs: "base64" | "bytes";
  readonly leaves: Leaves;
  /** restJson names members by their jsonName trait. */
  readonly jsonNames: boolean;
  /** Names of the members that are doubles, see Service. */
  readonly doubles?: readonly string[] | undefined;
  readonly parser?: DynamoDbParser | undefined;
  readonly error: CommonError;
}

export type Convert = (value: unknown) => unknown;

export const nameOnWire = (member: Member, options: JsonOptions): string =>
  options.jsonNames ? (member.traits.jsonName ?? member.name) : member.name;

/** The members of a structure with what each is converted by; shapes that hold themselves are converted when they are met. */
export const convertedMembers = (
  shape: StructureShape,
  options: JsonOptions,
  convertOf: (of: Shape, name: string) => Convert,
) =>
  shape.members.map((member) => ({
    name: member.name,
    wire: nameOnWire(member, options),
    convert: lazyConvert(() => convertOf(member.shape(), member.name)),
  }));

/** Compiles on first use: structures may contain themselves. */
export function lazyConvert(make: () => Convert): Convert {
  let made: Convert | undefined;
  return (value) => (made ??= make())(value);
}
