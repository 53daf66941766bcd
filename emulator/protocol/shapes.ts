/* The one file that reads the SDK's schemas. Everything else of the protocol layer sees the typed shapes below. */
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";

/** Smithy's protocol traits of a member or structure, as the SDK's schemas carry them. */
export interface Traits {
  readonly http?: readonly [method: string, uri: string, status: number];
  readonly httpHeader?: string;
  readonly httpQuery?: string;
  readonly httpQueryParams?: 1;
  readonly httpLabel?: 1;
  readonly httpPayload?: 1;
  readonly httpPrefixHeaders?: string;
  readonly httpResponseCode?: 1;
  readonly jsonName?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: 1;
  readonly sparse?: 1;
  /** Of a union: its members are the events of an event stream. */
  readonly streaming?: 1;
  readonly eventHeader?: 1;
  readonly eventPayload?: 1;
  readonly error?: "client" | "server";
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
}

export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds" | "default";

export type Shape =
  | StructureShape
  | { readonly kind: "list"; readonly element: () => Shape; readonly traits: Traits; readonly elementTraits: Traits }
  | {
      readonly kind: "map";
      readonly value: () => Shape;
      readonly traits: Traits;
      readonly keyTraits: Traits;
      readonly valueTraits: Traits;
    }
  | { readonly kind: "timestamp"; readonly format: TimestampFormat }
  | { readonly kind: "blob"; readonly streaming: boolean }
  | { readonly kind: "string" | "boolean" | "number" | "document" };

export interface StructureShape {
  readonly kind: "structure";
  readonly name: string;
  readonly union: boolean;
  readonly members: readonly Member[];
  /** The schema as the SDK's XML codec takes it. */
  readonly schema: unknown;
  readonly traits: Traits;
}

export interface Member {
  readonly name: string;
  readonly shape: () => Shape;
  readonly traits: Traits;
  readonly required: boolean;
}

export interface OperationShape {
  readonly name: string;
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
  readonly input: StructureShape;
  readonly output: StructureShape;
}

const TIMESTAMP_FORMATS: Readonly<Record<number, TimestampFormat>> = {
  5: "date-time",
  6: "http-date",
  7: "epoch-seconds",
};
const EMPTY: StructureShape = {
  kind: "structure",
  name: "Unit",
  union: false,
  members: [],
  schema: undefined,
  traits: {},
};

const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

// One shape for each schema, so that recursive structures (AttributeValue) end.
const structures = new WeakMap<object, StructureShape>();

export function shapeOf(ns: NormalizedSchema): Shape {
  if (ns.isStructSchema() || ns.isUnionSchema()) return structureOf(ns);
  if (ns.isListSchema()) {
    const element = ns.getValueSchema();
    return {
      kind: "list",
      element: lazily(() => shapeOf(element)),
      traits: traitsOf(ns),
      elementTraits: traitsOf(element),
    };
  }
  if (ns.isMapSchema()) {
    const value = ns.getValueSchema();
    return {
      kind: "map",
      value: lazily(() => shapeOf(value)),
      traits: traitsOf(ns),
      keyTraits: traitsOf(ns.getKeySchema()),
      valueTraits: traitsOf(value),
    };
  }
  if (ns.isTimestampSchema())
    return { kind: "timestamp", format: TIMESTAMP_FORMATS[ns.getSchema() as number] ?? "default" };
  if (ns.isBlobSchema()) return { kind: "blob", streaming: ns.isStreaming() };
  if (ns.isBooleanSchema()) return { kind: "boolean" };
  if (ns.isNumericSchema() || ns.isBigIntegerSchema() || ns.isBigDecimalSchema()) return { kind: "number" };
  if (ns.isDocumentSchema()) return { kind: "document" };
  return { kind: "string" };
}

function traitsOf(ns: NormalizedSchema): Traits {
  return ns.getMergedTraits();
}

function structureOf(ns: NormalizedSchema): StructureShape {
  const schema = ns.getSchema() as readonly [number, string, string, unknown, string[], unknown[], number?];
  const known = structures.get(schema);
  if (known) return known;
  // a structure schema lists its required members first and ends with their count
  const requiredCount = schema[6] ?? 0;
  const members = [...ns.structIterator()].map(([name, member], index) => ({
    name,
    shape: lazily(() => shapeOf(member)),
    traits: traitsOf(member),
    required: index < requiredCount,
  }));
  const shape: StructureShape = {
    kind: "structure",
    name: schema[2],
    union: ns.isUnionSchema(),
    members,
    schema,
    traits: traitsOf(ns),
  };
  structures.set(schema, shape);
  return shape;
}

function rootShape(schema: unknown): StructureShape {
  const ns = NormalizedSchema.of(schema as never);
  return ns.isUnitSchema() ? EMPTY : structureOf(ns);
}

export function operationShape(schema: StaticOperationSchema): OperationShape {
  const [method, uri, status] = (schema[3] as Traits).http ?? [];
  return {
    name: schema[2],
    ...(method && uri && status && { http: { method, uri, status } }),
    input: rootShape(schema[4]),
    output: rootShape(schema[5]),
  };
}

export const errorShape = (schema: StaticErrorSchema): StructureShape => rootShape(schema);

/** The name that an error's structure has for its text. */
export const messageMember = ({ members }: StructureShape): "Message" | "message" =>
  members.some(({ name }) => name === "Message") ? "Message" : "message";

/** The same structure with the chosen members only: what is left for the body once headers and labels are bound. */
export function pickMembers(shape: StructureShape, keep: (member: Member) => boolean): StructureShape {
  const members = shape.members.filter(keep);
  return members.length === shape.members.length ? shape : withMembers(shape, members);
}

/** The same structure with some of its members before the others. */
export function orderMembers(shape: StructureShape, first: readonly string[]): StructureShape {
  if (first.length === 0) return shape;
  const rank = ({ name }: Member): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return withMembers(
    shape,
    shape.members.toSorted((one, other) => rank(one) - rank(other)),
  );
}

function withMembers(shape: StructureShape, members: readonly Member[]): StructureShape {
  if (!shape.schema) return { ...shape, members };
  const [kind, namespace, name, traits, names, schemas] = shape.schema as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown[],
  ];
  const picked = members.map((member) => member.name);
  return {
    ...shape,
    members,
    schema: [kind, namespace, name, traits, picked, picked.map((n) => schemas[names.indexOf(n)])],
  };
}
