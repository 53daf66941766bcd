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

interface Options<R extends boolean> {
  readonly required?: R;
  readonly onChange?: OnChange;
}

const property = <T, R extends boolean>(shape: Shape, options: Options<R> | undefined): Property<T, R> => ({
  ...shape,
  required: (options?.required ?? false) as R,
  onChange: options?.onChange ?? "update",
});

export const text = <R extends boolean = false>(
  options: Options<R> & { min?: number; max?: number; pattern?: RegExp } = {},
): Property<string, R> => {
  const { min, max, pattern } = options;
  return property({ kind: "string", min, max, pattern }, options);
};

export const choice = <const C extends readonly (string | number)[], R extends boolean = false>(
  choices: C,
  options?: Options<R>,
): Property<C[number], R> => property({ kind: "choice", choices }, options);

export const integer = <R extends boolean = false>(
  options: Options<R> & { min?: number; max?: number } = {},
): Property<number, R> => property({ kind: "integer", min: options.min, max: options.max }, options);

export const flag = <R extends boolean = false>(options?: Options<R>): Property<boolean, R> =>
  property({ kind: "boolean" }, options);

export const document = <R extends boolean = false>(options?: Options<R>): Property<object, R> =>
  property({ kind: "document" }, options);

export const list = <T, R extends boolean = false>(
  of: Property<T>,
  options: Options<R> & { max?: number } = {},
): Property<T[], R> => property({ kind: "list", of, max: options.max }, options);

export const map = <T, R extends boolean = false>(
  of: Property<T>,
  options?: Options<R>,
): Property<Record<string, T>, R> => property({ kind: "map", of }, options);

export const object = <const M extends PropertyTable, R extends boolean = false>(
  members: M,
  options?: Options<R>,
): Property<Values<M>, R> => property({ kind: "object", members }, options);

export const refused = (...except: readonly unknown[]): Property<never, false> =>
  property({ kind: "refused", except }, undefined);

export const readOnly = (): Property<never, false> => property({ kind: "readOnly" }, undefined);

export const tags = (): Property<{ Key: string; Value: string }[], false> =>
  list(object({ Key: text({ required: true, min: 1, max: 128 }), Value: text({ required: true, max: 256 }) }));
