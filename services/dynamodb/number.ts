import { validationError } from "./errors.ts";

const MAX_SIGNIFICANT_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
export const NO_NUMBER = "The parameter cannot be converted to a numeric value";
const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
/** Canonical as it stands, and exact as a double: most numbers are. */
const SMALL_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;

/** sign * d.ddd * 10^exponent; `digits` has neither leading nor trailing zeros and is empty for zero. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const ZERO: Decimal = { negative: false, digits: "", exponent: 0 };

const overflow = () =>
  validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");
const underflow = () =>
  validationError("Number underflow. Attempting to store a number with magnitude smaller than supported range");

/**
 * A number in the form in which DynamoDB answers it: no exponent, no leading or trailing zeros. 38 significant digits,
 * magnitude 1E-130 to 9.9999999999999999999999999999999999999E+125.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes
 */
export function normalizeNumber(text: string): string {
  return SMALL_INTEGER.test(text) ? text : format(parse(text));
}

/** Below zero, zero or above zero, as `a` is less than, equal to or greater than `b`. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return Number(a) - Number(b);
  return compareDecimals(parse(a), parse(b));
}

/** @throws AwsError ValidationException, also for a sum that 38 digits cannot hold: DynamoDB never rounds. */
export function addNumbers(a: string, b: string): string {
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return String(Number(a) + Number(b));
  return format(addDecimals(parse(a), parse(b)));
}

/** @throws AwsError ValidationException, see addNumbers */
export function subtractNumbers(a: string, b: string): string {
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return String(Number(a) - Number(b));
  const subtrahend = parse(b);
  return format(addDecimals(parse(a), { ...subtrahend, negative: !subtrahend.negative }));
}

/**
 * Bytes that order as the numbers do; no encoding is a prefix of another. A sign byte, the exponent, then two digits a
 * byte and a terminator; all but the sign byte are complemented for negative numbers.
 */
export function encodeNumber(text: string): Uint8Array {
  const { negative, digits, exponent } = parse(text);
  if (digits === "") return Uint8Array.of(0x02);
  const pairs = Math.ceil(digits.length / 2);
  const bytes = new Uint8Array(pairs + 3);
  bytes[1] = exponent - MIN_EXPONENT;
  for (let i = 0; i < pairs; i++) bytes[i + 2] = Number(digits.slice(2 * i, 2 * i + 2).padEnd(2, "0")) + 1;
  if (negative) for (let i = 1; i < bytes.length; i++) bytes[i] = 0xff - bytes[i]!;
  bytes[0] = negative ? 0x01 : 0x03;
  return bytes;
}

/**
 * DynamoDB keeps two decimal digits a byte, aligned at the decimal point, one byte for the exponent and one for a minus.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function numberSizeBytes(text: string): number {
  const { negative, digits, exponent } = parse(text);
  if (digits === "") return 1;
  const alignedDigits = digits.length + (exponent % 2 === 0 ? 1 : 0);
  return 1 + Math.ceil(alignedDigits / 2) + (negative ? 1 : 0);
}

/** An exponent beyond 64 bits is not read at all. */
const isLong = (exponent = "0"): boolean =>
  exponent.length < 19 || BigInt.asIntN(64, BigInt(exponent)) === BigInt(exponent);

function parse(text: string): Decimal {
  if (text === "") throw validationError(NO_NUMBER);
  const match = NUMBER.exec(text);
  if (!match || !isLong(match[5])) {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const [, sign, integer = "", fractionAfterInteger, bareFraction, exponentText = "0"] = match;
  const fraction = fractionAfterInteger ?? bareFraction ?? "";
  const digits = integer + fraction;
  let first = 0;
  while (first < digits.length && digits.charCodeAt(first) === 48) first++;
  if (first === digits.length) {
    // in range as if its last digit were a 1
    checked({ negative: false, digits: "1", exponent: Number(exponentText) - fraction.length });
    return ZERO;
  }
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end--;
  return checked({
    negative: sign === "-",
    digits: digits.slice(first, end),
    exponent: Number(exponentText) + integer.length - 1 - first,
  });
}

function checked(decimal: Decimal): Decimal {
  if (decimal.exponent > MAX_EXPONENT) throw overflow();
  if (decimal.exponent < MIN_EXPONENT) throw underflow();
  if (decimal.digits.length > MAX_SIGNIFICANT_DIGITS) {
    throw validationError("Attempting to store more than 38 significant digits in a Number");
  }
  return decimal;
}

function format({ negative, digits, exponent }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const integerLength = exponent + 1;
  if (digits.length <= integerLength) return sign + digits.padEnd(integerLength, "0");
  return `${sign}${digits.slice(0, integerLength)}.${digits.slice(integerLength)}`;
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = a.digits === "" ? 0 : a.negative ? -1 : 1;
  const signB = b.digits === "" ? 0 : b.negative ? -1 : 1;
  if (signA !== signB) return signA - signB;
  if (a.exponent !== b.exponent) return signA * (a.exponent - b.exponent);
  // digits without trailing zeros order as text does
  return a.digits === b.digits ? 0 : signA * (a.digits < b.digits ? -1 : 1);
}

/** The power of ten of the last digit. */
const lastPlace = (decimal: Decimal): number => decimal.exponent - decimal.digits.length + 1;

function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.digits === "") return b;
  if (b.digits === "") return a;
  const place = Math.min(lastPlace(a), lastPlace(b));
  const sum = scaled(a, place) + scaled(b, place);
  if (sum === 0n) return ZERO;
  const text = (sum < 0n ? -sum : sum).toString();
  const digits = text.replace(/0+$/, "");
  // a sum that does not fit in 38 digits is an overflow to DynamoDB, whatever its magnitude
  if (digits.length > MAX_SIGNIFICANT_DIGITS) throw overflow();
  return checked({ negative: sum < 0n, digits, exponent: place + text.length - 1 });
}

function scaled(decimal: Decimal, place: number): bigint {
  const magnitude = BigInt(decimal.digits) * 10n ** BigInt(lastPlace(decimal) - place);
  return decimal.negative ? -magnitude : magnitude;
}
