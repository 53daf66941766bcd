import fc from "fast-check";
import {
  addNumbers,
  compareNumbers,
  encodeNumber,
  normalizeNumber,
  numberSizeBytes,
  subtractNumbers,
} from "./number.ts";

const OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const PRECISION = "Attempting to store more than 38 significant digits in a Number";

/** An exact value: integer * 10^-SCALE, so that every DynamoDB number is a BigInt. */
const SCALE = 168;
const scaledOf = (text: string): bigint => {
  const [, sign, integer, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  return BigInt(`${sign}${integer}${fraction.padEnd(SCALE, "0")}`);
};

const significand = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
const anyNumber = fc
  .tuple(significand, fc.integer({ min: -130, max: 87 }))
  .map(([digits, exponent]) => normalizeNumber(`${digits}e${exponent}`));
/** Numbers whose sums need not be refused: at most 18 digits on either side of the point. */
const moderateNumber = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: -18, max: 0 }))
  .map(([digits, exponent]) => normalizeNumber(`${digits}e${exponent}`));

const sign = (x: bigint | number): number => (x > 0 ? 1 : x < 0 ? -1 : 0);

describe("Numbers", () => {
  describe("serialization", () => {
    it.each([
      ["1.50", "1.5"],
      ["1E3", "1000"],
      ["0001.23", "1.23"],
      [".5", "0.5"],
      ["5.", "5"],
      ["-0", "0"],
      ["+3", "3"],
      ["0.00e125", "0"],
      ["-17.4E2", "-1740"],
      ["123456789012345678", "123456789012345678"],
      ["1e-130", `0.${"0".repeat(129)}1`],
      ["9.9e125", `99${"0".repeat(124)}`],
    ])("answers %s as %s", (text, canonical) => {
      expect(normalizeNumber(text)).toBe(canonical);
    });

    it("answers a canonical number as it is", () => {
      fc.assert(fc.property(anyNumber, (text) => normalizeNumber(text) === text));
    });
  });

  describe("validation", () => {
    it.each([
      ["", "The parameter cannot be converted to a numeric value"],
      ["dog", "The parameter cannot be converted to a numeric value: dog"],
      [" 1", "The parameter cannot be converted to a numeric value:  1"],
      ["NaN", "The parameter cannot be converted to a numeric value: NaN"],
      ["0x10", "The parameter cannot be converted to a numeric value: 0x10"],
      ["1e126", OVERFLOW],
      ["0e126", OVERFLOW],
      ["0.00e-129", UNDERFLOW],
      ["-11e125", OVERFLOW],
      ["1e99999999999", OVERFLOW],
      ["1e+9223372036854775807", OVERFLOW],
      ["1e9223372036854775808", "The parameter cannot be converted to a numeric value: 1e9223372036854775808"],
      ["0e-9223372036854775809", "The parameter cannot be converted to a numeric value: 0e-9223372036854775809"],
      ["1e-131", UNDERFLOW],
      ["0.9e-130", UNDERFLOW],
      ["3.14159265358979323846264338327950288419", PRECISION],
    ])("refuses %j", (text, message) => {
      expect(() => normalizeNumber(text)).toThrow(message);
    });
  });

  describe("behaviour", () => {
    it("adds and subtracts as exact integers do", () => {
      fc.assert(
        fc.property(moderateNumber, moderateNumber, (a, b) => {
          expect(scaledOf(addNumbers(a, b))).toBe(scaledOf(a) + scaledOf(b));
          expect(scaledOf(subtractNumbers(a, b))).toBe(scaledOf(a) - scaledOf(b));
        }),
      );
    });

    it("either answers the exact sum or refuses it, never a rounded one", () => {
      fc.assert(
        fc.property(anyNumber, anyNumber, (a, b) => {
          let sum: string;
          try {
            sum = addNumbers(a, b);
          } catch (error) {
            expect([OVERFLOW, UNDERFLOW]).toContain((error as Error).message);
            return;
          }
          expect(scaledOf(sum)).toBe(scaledOf(a) + scaledOf(b));
        }),
      );
    });

    it("refuses sums beyond 38 digits and beyond the range", () => {
      expect(() => addNumbers("1".padEnd(51, "0"), "1")).toThrow(OVERFLOW);
      expect(() => addNumbers(normalizeNumber("9e125"), normalizeNumber("9e125"))).toThrow(OVERFLOW);
      expect(addNumbers("10000000000000000000000", "1")).toBe("10000000000000000000001");
    });

    it("orders numbers, and their bytes, by value", () => {
      fc.assert(
        fc.property(anyNumber, anyNumber, (a, b) => {
          const order = sign(scaledOf(a) - scaledOf(b));
          expect(sign(compareNumbers(a, b))).toBe(order);
          expect(sign(Buffer.compare(encodeNumber(a), encodeNumber(b)))).toBe(order);
        }),
        {
          examples: [
            ["0", "-1"],
            ["1", "0"],
            ["-10", "-9"],
            ["10", "9"],
            ["12", "120"],
            ["-1.2", "-1.25"],
          ],
        },
      );
    });

    it("encodes no number as the beginning of another", () => {
      fc.assert(
        fc.property(anyNumber, anyNumber, (a, b) => {
          fc.pre(a !== b);
          const [short, long] = [encodeNumber(a), encodeNumber(b)].toSorted((x, y) => x.length - y.length);
          return !Buffer.from(long!.subarray(0, short!.length)).equals(short!);
        }),
      );
    });

    // measured on AWS by items that are just within and just beyond the size limit
    it.each([
      ["0", 1],
      ["-0", 1],
      ["1", 2],
      ["12", 2],
      ["123", 3],
      ["1234", 3],
      ["12345678901234567890123456789012345678", 20],
      ["0042", 2],
      ["100", 2],
      ["1010", 3],
      ["0.0000001", 2],
      ["1E125", 2],
      ["1E-100", 2],
      ["1.5", 3],
      ["1.234", 4],
      ["3.14159", 5],
      ["123456", 4],
      ["100.5", 4],
      ["0.15", 2],
      ["-42", 3],
    ])("counts %s as %i bytes", (text, bytes) => {
      expect(numberSizeBytes(text)).toBe(bytes);
    });
  });
});
