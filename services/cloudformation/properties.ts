/** When a property of an existing resource changes: it is set in place, or a new resource takes the place of the old. */
export type OnChange = "update" | "replace";

interface Common<T, R extends boolean> {
  readonly required: R;
  readonly onChange: OnChange;
  /** Only for the compiler: the type of the value. */
  readonly valueType?: T;
}

export type Property<T = unknown, R extends boolean = boolean> = Common<T, R> & Shape;

/** The form of a value. Strings, numbers and booleans are taken for each other where one can be read as the other. */
export type Shape =
  | { readonly kind: "string"; readonly min?: number; readonly max?: number; readonly pattern?: RegExp }
  | { readonly kind: "choice"; readonly choices: readonly (string | number)[] }
  | { readonly kind: "integer"; readonly min?: number; readonly max?: number }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  /** A document, as an object or as JSON text; kept as an object. */
  | { readonly kind: "document" }
  | { readonly kind: "list"; readonly of: Property; readonly max?: number }
  | { readonly kind: "map"; readonly of: Property }
  | { readonly kind: "object"; readonly members: PropertyTable }
  /** AWS has it, Headwater has not: a template that gives it is refused. `except` are values that change nothing. */
  | { readonly kind: "refused"; readonly except: readonly unknown[] }
  /** An attribute that AWS lists among the properties: a template cannot give it. */
  | { readonly kind: "readOnly" };

export type PropertyTable = { readonly [name: string]: Property };

type RequiredNames<T> = { [K in keyof T]: T[K] extends { readonly required: true } ? K : never }[keyof T];
type ValueOf<P> = P extends { readonly valueType?: infer T } ? Exclude<T, undefined> : never;

/** The type of the properties that a table describes. */
export type Values<T> = { [K in RequiredNames<T>]: ValueOf<T[K]> } & {
  [K in Exclude<keyof T, RequiredNames<T>>]?: ValueOf<T[K]>;
};

const property = <T>(shape: Shape): Property<T, false> => ({ ...shape, required: false, onChange: "update" });

/** A property without which the resource type's schema is not met. */
export const required = <T>(of: Property<T>): Property<T, true> => ({ ...of, required: true });

/** A property whose change means that a new resource takes the place of the old one. */
export const replaces = <P extends Property>(of: P): P => ({ ...of, onChange: "replace" });

export const text = (limits: { min?: number; max?: number; pattern?: RegExp } = {}): Property<string, false> =>
  property({ kind: "string", ...limits });

export const choice = <const C extends readonly (string | number)[]>(...choices: C): Property<C[number], false> =>
  property({ kind: "choice", choices });

export const integer = (limits: { min?: number; max?: number } = {}): Property<number, false> =>
  property({ kind: "integer", ...limits });

export const decimal = (): Property<number, false> => property({ kind: "number" });

export const flag = (): Property<boolean, false> => property({ kind: "boolean" });

export const document = (): Property<object, false> => property({ kind: "document" });

export const list = <T>(of: Property<T>, limits: { max?: number } = {}): Property<T[], false> =>
  property({ kind: "list", of, ...limits });

export const map = <T>(of: Property<T>): Property<Record<string, T>, false> => property({ kind: "map", of });

export const object = <const M extends PropertyTable>(members: M): Property<Values<M>, false> =>
  property({ kind: "object", members });

export const refused = (...except: readonly unknown[]): Property<never, false> => property({ kind: "refused", except });

export const readOnly = (): Property<never, false> => property({ kind: "readOnly" });

export const tags = () =>
  list(object({ Key: required(text({ min: 1, max: 128 })), Value: required(text({ max: 256 })) }));
