/**
 * A DynamoDB number: 38 significant digits, magnitude 1E-130 to 9.9999999999999999999999999999999999999E+125.
 * @throws AwsError ValidationException
 */
export function normalizeNumber(_text: string): string {
  throw new Error("not there yet");
}

/** Both in canonical form. */
export function compareNumbers(_a: string, _b: string): number {
  throw new Error("not there yet");
}

export function addNumbers(_a: string, _b: string): string {
  throw new Error("not there yet");
}

export function subtractNumbers(_a: string, _b: string): string {
  throw new Error("not there yet");
}

/** Bytes that order as the numbers do, self-delimiting. */
export function encodeNumber(_text: string): Uint8Array {
  throw new Error("not there yet");
}
