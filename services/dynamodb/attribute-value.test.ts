import { AwsError } from "../../emulator/model/errors.ts";
import { parseAttributeValue, parseItem, valuesEqual } from "./attribute-value.ts";
import { itemSizeBytes } from "./item-size.ts";

const invalid = (what: string): string => `One or more parameter values were invalid: ${what}`;

/** A string within `levels` maps. */
const nested = (levels: number): object => {
  let value: object = { S: "leaf" };
  for (let i = 0; i < levels; i++) value = { M: { n: value } };
  return value;
};

describe("Attribute values", () => {
  describe("serialization", () => {
    it("answers numbers in canonical form at every depth, and sets in order", () => {
      expect(parseItem({ a: { L: [{ N: "1.50" }, { M: { b: { NS: ["1E3", "02"] } } }] } })).toEqual({
        a: { L: [{ N: "1.5" }, { M: { b: { NS: ["2", "1000"] } } }] },
      });
    });

    it("takes empty strings, binaries, lists and maps, also in sets", () => {
      const item = { s: { S: "" }, b: { B: "" }, l: { L: [] }, m: { M: {} }, ss: { SS: [""] }, bs: { BS: [""] } };
      expect(parseItem(item)).toEqual(item);
    });

    it("takes any name for an attribute", () => {
      const item = JSON.parse('{"__proto__":{"S":"a"},"constructor":{"M":{"__proto__":{"N":"1"}}}}') as object;
      expect(JSON.stringify(parseItem(item))).toBe(JSON.stringify(item));
    });
  });

  describe("validation", () => {
    const empty = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    it.each<[object, string]>([
      [{}, empty],
      [{ a: "" }, empty],
      [{ M: { a: {} } }, empty],
      [{ L: [{}] }, empty],
      [{ NULL: false }, invalid("Null attribute value types must have the value of true")],
      [{ SS: [] }, invalid("An string set  may not be empty")],
      [{ NS: [] }, invalid("An number set  may not be empty")],
      [{ BS: [] }, invalid("Binary sets should not be empty")],
      [{ SS: ["a", "a"] }, invalid("Input collection [a, a] contains duplicates.")],
      [{ NS: ["1", "1.0"] }, "Input collection contains duplicates"],
      [{ BS: ["Yg==", "Yg=="] }, invalid("Input collection [Yg==, Yg==]of type BS contains duplicates.")],
      [{ S: "a", N: "" }, "The parameter cannot be converted to a numeric value"],
      [{ NS: ["1", "b"] }, "The parameter cannot be converted to a numeric value: b"],
      [
        { S: "a", N: "1" },
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
      ],
    ])("refuses %j", (value, message) => {
      expect(() => parseAttributeValue(value)).toThrow(
        new AwsError({ code: "ValidationException", status: 400 }, message),
      );
    });

    it("takes 32 levels and refuses the 33rd", () => {
      expect(parseAttributeValue(nested(31))).toEqual(nested(31));
      expect(() => parseAttributeValue(nested(32))).toThrow(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
      );
    });
  });

  describe("behaviour", () => {
    it("holds sets equal in any order, lists only in the same", () => {
      expect(valuesEqual({ NS: ["1", "2"] }, { NS: ["2", "1"] })).toBe(true);
      expect(valuesEqual({ SS: ["1", "2"] }, { SS: ["1", "3"] })).toBe(false);
      expect(valuesEqual({ L: [{ S: "a" }, { S: "b" }] }, { L: [{ S: "b" }, { S: "a" }] })).toBe(false);
    });

    it("holds maps equal by their entries, and values of different types never", () => {
      expect(valuesEqual({ M: { a: { N: "1" }, b: { S: "" } } }, { M: { b: { S: "" }, a: { N: "1" } } })).toBe(true);
      expect(valuesEqual({ M: { a: { N: "1" } } }, { M: { toString: { N: "1" } } })).toBe(false);
      expect(valuesEqual({ S: "1" }, { N: "1" })).toBe(false);
      expect(valuesEqual({ SS: ["1"] }, { NS: ["1"] })).toBe(false);
    });

    it("counts the bytes of an item as documented", () => {
      expect(itemSizeBytes({ a: { S: "é" }, name: { N: "12" } })).toBe(1 + 2 + 4 + 2);
      expect(itemSizeBytes({ b: { B: "AQID" }, t: { BOOL: true }, n: { NULL: true } })).toBe(1 + 3 + 1 + 1 + 1 + 1);
      expect(itemSizeBytes({ s: { SS: ["ab", "c"] }, n: { NS: ["1", "22"] } })).toBe(1 + 3 + 1 + 4);
      expect(itemSizeBytes({ l: { L: [{ S: "ab" }, { N: "1" }] } })).toBe(1 + 3 + (1 + 2) + (1 + 2));
      expect(itemSizeBytes({ m: { M: { k: { S: "v" } } } })).toBe(1 + 3 + 1 + 1 + 1);
    });
  });
});
