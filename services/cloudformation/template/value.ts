/** A value of a template, as its JSON or YAML gives it. */
export type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A value that is known only once other resources exist: the answer of a Ref or Fn::GetAtt, or what is made from it. */
export class Unknown {
  /** What it depends on: `Stream`, or `Stream.Arn`. */
  readonly sources: readonly string[];

  constructor(sources: readonly string[]) {
    this.sources = sources;
  }
}

/** Ref AWS::NoValue: the property, or list element, is left out. */
export const NO_VALUE = Symbol("AWS::NoValue");

export type Evaluated =
  | null
  | string
  | number
  | boolean
  | Unknown
  | typeof NO_VALUE
  | Evaluated[]
  | { [key: string]: Evaluated };

export const isObject = (value: unknown): value is { [key: string]: unknown } =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Unknown);

export const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);

/** The Unknowns in a value, at any depth. */
export function unknownsIn(value: Evaluated): Unknown[] {
  if (value instanceof Unknown) return [value];
  if (Array.isArray(value)) return value.flatMap(unknownsIn);
  return isObject(value) ? Object.values(value).flatMap(unknownsIn) : [];
}
