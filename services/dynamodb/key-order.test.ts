import fc from "fast-check";
import { compareValues, typeOf, type AttributeValue } from "./attribute-value.ts";
import type { SortKeyCondition } from "./expressions/index.ts";
import { afterPrefix, encodeKey, encodeKeyValue, hashKey, sortKeyRange } from "./key-order.ts";
import { normalizeNumber } from "./number.ts";

/** Few different characters and bytes, so that prefixes, zeros and equal keys are common. */
const text = fc.string({ unit: fc.constantFrom("\0", "a", "b", "\u{ff}", "\u{ffff}", "\u{10000}"), maxLength: 5 });
const stringKey = text.map((S): AttributeValue => ({ S }));
const binaryKey = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0xfe, 0xff), { maxLength: 5 })
  .map((bytes): AttributeValue => ({ B: Buffer.from(bytes).toString("base64") }));
const numberKey = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -3, max: 3 }))
  .map(([digits, exponent]): AttributeValue => ({ N: normalizeNumber(`${digits}e${exponent}`) }));
const pairOf = (key: fc.Arbitrary<AttributeValue>) => fc.tuple(key, key);
/** Keys as long as they may be, which differ late if at all; numbers of up to 38 digits in all of their range. */
const longText = fc
  .tuple(fc.constantFrom("a", "\0", "\u{10000}"), fc.integer({ min: 0, max: 250 }), text)
  .map(([filler, times, end]): AttributeValue => ({ S: filler.repeat(times) + end }));
const longBinary = fc
  .tuple(fc.constantFrom(0, 0x7f, 0xff), fc.integer({ min: 0, max: 1000 }), fc.uint8Array({ maxLength: 4 }))
  .map(([filler, times, end]): AttributeValue => {
    return { B: Buffer.concat([Buffer.alloc(times, filler), end]).toString("base64") };
  });
const anyNumber = fc
  .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: -130, max: 87 }))
  .map(([digits, exponent]): AttributeValue => ({ N: normalizeNumber(`${digits}e${exponent}`) }));
const keyPair = fc.oneof(pairOf(stringKey), pairOf(binaryKey), pairOf(numberKey));
const longPair = fc.oneof(pairOf(longText), pairOf(longBinary), pairOf(anyNumber));

describe("Key order", () => {
  it("orders encoded keys as the values: strings by UTF-8, numbers by value, binaries by unsigned bytes", () => {
    fc.assert(
      fc.property(keyPair, ([a, b]) => {
        expect(Math.sign(Buffer.compare(encodeKeyValue(a), encodeKeyValue(b)))).toBe(Math.sign(compareValues(a, b)!));
      }),
      { numRuns: 1000 },
    );
  });

  it("orders keys of any size as a naive comparison of their bytes, or of their numbers as fractions, does", () => {
    fc.assert(
      fc.property(longPair, ([a, b]) => {
        expect(Math.sign(Buffer.compare(encodeKeyValue(a), encodeKeyValue(b)))).toBe(naiveOrder(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it("orders strings as their UTF-8 bytes", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(Math.sign(compareValues({ S: a }, { S: b })!)).toBe(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it("orders composite keys part by part, whatever bytes the parts have", () => {
    fc.assert(
      fc.property(keyPair, keyPair, ([a1, a2], [b1, b2]) => {
        const expected = compareValues(a1, a2) || compareValues(b1, b2)!;
        expect(Math.sign(Buffer.compare(encodeKey([a1, b1]), encodeKey([a2, b2])))).toBe(Math.sign(expected));
      }),
      { numRuns: 1000 },
    );
  });

  it("selects by byte ranges what the sort key conditions select, whatever follows the sort key", () => {
    const operator = fc.constantFrom("=", "<", "<=", ">", ">=", "begins_with", "BETWEEN");
    // the value of an attribute, and what it is held against
    const equals = fc.array(
      fc.tuple(keyPair, fc.boolean()).map(([[one, other], same]) => [one, same ? one : other] as const),
      { maxLength: 3 },
    );
    const rests = fc.uint8Array({ maxLength: 2 });
    fc.assert(
      fc.property(equals, keyPair, keyPair, rests, operator, (leading, [key, value], [other], rest, op) => {
        const last = conditionOf(op, value, typeOf(other) === typeOf(value) ? other : value);
        fc.pre(last !== undefined);
        const { start, end } = sortKeyRange([
          ...leading.map(([, equal]) => ({ operator: "=", value: equal }) as const),
          last,
        ]);
        const encoded = Buffer.concat([encodeKey([...leading.map(([one]) => one), key]), rest]);
        const selected =
          (start === undefined || Buffer.compare(encoded, start) >= 0) &&
          (end === undefined || Buffer.compare(encoded, end) < 0);
        const isEqual = leading.every(([one, equal]) => compareValues(one, equal) === 0);
        expect(selected).toBe(isEqual && selects(last, key));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives a partition 16 bytes of its own, however long its key is", () => {
    const keys: AttributeValue[] = [{ S: "a" }, { S: "b" }, { S: "a".repeat(2048) }, { B: "YQ==" }, { N: "1" }];
    const hashOf = (...values: AttributeValue[]) => hashKey(encodeKey(values));
    expect(keys.map((key) => hashOf(key).length)).toEqual([16, 16, 16, 16, 16]);
    expect(hashOf({ S: "a" })).toEqual(hashOf({ S: "a" }));
    expect(hashOf({ S: "a" })).not.toEqual(hashOf({ S: "b" }));
    expect(hashOf({ S: "ab" }, { S: "c" })).not.toEqual(hashOf({ S: "a" }, { S: "bc" }));
  });

  it("ends a prefix after its last continuation", () => {
    expect(afterPrefix(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 3));
    expect(afterPrefix(Uint8Array.of(1, 0xff))).toEqual(Uint8Array.of(2));
    expect(afterPrefix(Uint8Array.of(0xff))).toBeUndefined();
    expect(afterPrefix(new Uint8Array())).toBeUndefined();
  });
});

function conditionOf(operator: string, value: AttributeValue, other: AttributeValue): SortKeyCondition | undefined {
  if (operator === "BETWEEN") return { operator, low: value, high: other };
  if (operator === "begins_with" && "N" in value) return undefined;
  return { operator: operator as "=", value };
}

/** The condition by its meaning. The type of a key is that of its table. */
function selects(condition: SortKeyCondition, key: AttributeValue): boolean {
  if (condition.operator === "BETWEEN") {
    return compareValues(key, condition.low)! >= 0 && compareValues(key, condition.high)! <= 0;
  }
  const { operator, value } = condition;
  if (operator === "begins_with") {
    const [bytes, prefix] = [bytesOf(key), bytesOf(value)];
    return bytes.subarray(0, prefix.length).equals(prefix);
  }
  const order = compareValues(key, value)!;
  return { "=": order === 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[operator];
}

const bytesOf = (value: AttributeValue): Buffer =>
  "S" in value ? Buffer.from(value.S) : Buffer.from("B" in value ? value.B : "", "base64");

function naiveOrder(a: AttributeValue, b: AttributeValue): number {
  if (!("N" in a) || !("N" in b)) return Math.sign(Buffer.compare(bytesOf(a), bytesOf(b)));
  const [left, right] = [scaled(a.N), scaled(b.N)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A number times 10^200, as an integer: it has no more than 168 decimal places. */
function scaled(number: string): bigint {
  const [integer = "", fraction = ""] = number.split(".");
  return BigInt(integer + fraction.padEnd(200, "0"));
}
