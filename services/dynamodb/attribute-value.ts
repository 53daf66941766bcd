/** One value as it stands on the wire; binary is base64 text. Numbers are decimal text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly M: Item }
  | { readonly L: readonly AttributeValue[] }
  | { readonly NULL: true }
  | { readonly BOOL: boolean };

export type Item = { readonly [name: string]: AttributeValue };

export type AttributeType = "S" | "N" | "B" | "SS" | "NS" | "BS" | "M" | "L" | "NULL" | "BOOL";

/**
 * Checks one value as it came and answers it in canonical form (numbers normalised).
 * @throws AwsError ValidationException
 */
export function parseAttributeValue(_value: object): AttributeValue {
  throw new Error("not there yet");
}

/**
 * Checks every value of an item (or key) and answers it in canonical form.
 * @throws AwsError ValidationException
 */
export function parseItem(_item: object): Item {
  throw new Error("not there yet");
}

export function typeOf(_value: AttributeValue): AttributeType {
  throw new Error("not there yet");
}

/** Equality as conditions see it: numbers by value, sets without order. Both in canonical form. */
export function valuesEqual(_a: AttributeValue, _b: AttributeValue): boolean {
  throw new Error("not there yet");
}

/** Order of two scalars (S by UTF-8 bytes, N by value, B by bytes); undefined where there is none. */
export function compareValues(_a: AttributeValue, _b: AttributeValue): number | undefined {
  throw new Error("not there yet");
}
