import fc from "fast-check";
import { compareValues, valuesEqual, type AttributeValue, type Item } from "./attribute-value.ts";
import { expressionsOf } from "./expression-parameters.ts";

const OPERATORS = ["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "BETWEEN", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS"];
interface Comparison {
  readonly ComparisonOperator: string;
  readonly AttributeValueList: readonly AttributeValue[];
}

const texts = fc.constantFrom("", "a", "ab", "b", "\u{1f600}");
const numbers = fc.constantFrom("-10", "-1.5", "0", "2", "10");
const binaries = fc.constantFrom("", "AA==", "AP8=", "/w==");
const scalarOf = (type: string): fc.Arbitrary<AttributeValue> => {
  if (type === "S") return texts.map((S) => ({ S }));
  return type === "N" ? numbers.map((N) => ({ N })) : binaries.map((B) => ({ B }));
};
const type = fc.constantFrom("S", "N", "B");
const value = fc.oneof(
  type.chain(scalarOf),
  fc.subarray(["a", "ab", "b"], { minLength: 1 }).map((SS): AttributeValue => ({ SS })),
  fc.subarray(["-1.5", "0", "2"], { minLength: 1 }).map((NS): AttributeValue => ({ NS })),
  fc.array(type.chain(scalarOf), { maxLength: 3 }).map((L): AttributeValue => ({ L })),
);

const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(fc.constantFrom(...OPERATORS), type)
  .chain(([operator, ofType]) => {
    const scalar = scalarOf(operator === "BEGINS_WITH" && ofType === "N" ? "S" : ofType);
    const of = (least: number, most: number) => fc.array(scalar, { minLength: least, maxLength: most });
    const list = operator === "IN" ? of(1, 3) : operator === "BETWEEN" ? of(2, 2) : of(1, 1);
    const inOrder = (values: AttributeValue[]) =>
      operator === "BETWEEN" ? values.toSorted((a, b) => compareValues(a, b) ?? 0) : values;
    return list.map((values) => ({ ComparisonOperator: operator, AttributeValueList: inOrder(values) }));
  });

/** A comparison by what its page of the documentation says of it, for an attribute that is there. */
function holds(actual: AttributeValue, { ComparisonOperator, AttributeValueList: list }: Comparison): boolean {
  const [one, other] = list as [AttributeValue, AttributeValue];
  const order = compareValues(actual, one);
  switch (ComparisonOperator) {
    case "EQ":
      return valuesEqual(actual, one);
    case "NE":
      return !valuesEqual(actual, one);
    case "LT":
      return order !== undefined && order < 0;
    case "LE":
      return order !== undefined && order <= 0;
    case "GT":
      return order !== undefined && order > 0;
    case "GE":
      return order !== undefined && order >= 0;
    case "IN":
      return list.some((candidate) => valuesEqual(actual, candidate));
    case "BETWEEN":
      return order !== undefined && order >= 0 && (compareValues(actual, other) ?? 1) <= 0;
    case "BEGINS_WITH":
      return begins(actual, one);
    default:
      return has(actual, one) === (ComparisonOperator === "CONTAINS");
  }
}

const hex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");

function begins(actual: AttributeValue, prefix: AttributeValue): boolean {
  if ("S" in actual && "S" in prefix) return actual.S.startsWith(prefix.S);
  return "B" in actual && "B" in prefix && hex(actual.B).startsWith(hex(prefix.B));
}

function has(actual: AttributeValue, part: AttributeValue): boolean {
  if ("S" in actual && "S" in part) return actual.S.includes(part.S);
  if ("B" in actual && "B" in part) return Buffer.from(actual.B, "base64").includes(Buffer.from(part.B, "base64"));
  if ("SS" in actual) return "S" in part && actual.SS.includes(part.S);
  if ("NS" in actual) return "N" in part && actual.NS.includes(part.N);
  return "L" in actual && actual.L.some((element) => valuesEqual(element, part));
}

describe("Legacy conditions", () => {
  it("hold for random items where their operators, joined by AND or OR, say so", () => {
    const names = ["a", "b", "c"];
    const one = fc.record({ value, comparison });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 3 }), fc.constantFrom("AND", "OR"), (list, operator) => {
        const item: Item = Object.fromEntries(list.map((entry, i) => [names[i], entry.value]));
        const conditions = Object.fromEntries(list.map((entry, i) => [names[i], entry.comparison]));
        const ConditionalOperator = list.length > 1 ? operator : undefined;
        const single = list.map((entry) => holds(entry.value, entry.comparison));
        const expected = operator === "OR" && list.length > 1 ? single.some(Boolean) : single.every(Boolean);
        const { filter } = expressionsOf({ ScanFilter: conditions, ConditionalOperator });
        const { condition } = expressionsOf({ Expected: conditions, ConditionalOperator });
        expect([filter?.matches(item), condition?.matches(item)]).toEqual([expected, expected]);
      }),
      { numRuns: 3_000 },
    );
  });
});
