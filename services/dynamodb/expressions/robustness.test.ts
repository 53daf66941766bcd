import fc from "fast-check";
import { AwsError } from "../../../emulator/model/errors.ts";
import { bindExpressions, type ExpressionInput } from "./index.ts";

const MEMBERS = [
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
] as const;

const words = [
  ..."()[],.=+-#:@\"'!".split(""),
  ..."< <= <> > >= 0 1 99999999999 a b a.b c[0] #a #b :a :b size views ü \u{1f600} \0".split(" "),
  ..."AND OR NOT BETWEEN IN SET REMOVE ADD DELETE set and".split(" "),
  ..."size( contains( begins_with( attribute_exists( attribute_type( if_not_exists( list_append( dog(".split(" "),
];
const wordy = fc
  .array(fc.constantFrom(...words), { maxLength: 30 })
  .chain((parts) => fc.constantFrom(" ", "").map((separator) => parts.join(separator)));
const text = fc.oneof(wordy, fc.string({ unit: "binary", maxLength: 40 }));
const value = fc.oneof(
  fc.constantFrom({ S: "a" }, { N: "1" }, { L: [] }, { SS: ["a"] }, { NULL: true }, { M: { b: { N: "2" } } }),
  fc.constantFrom({}, { N: "x" }, { SS: [] }),
);
const item = { a: { M: { b: { L: [{ N: "1" }] } } }, b: { SS: ["x"] }, c: { L: [{ S: "y" }] } } as const;

/** Whatever is accepted must run, whatever is refused must be a ValidationException. */
function exercise(input: ExpressionInput): void {
  try {
    const { condition, filter, projection, update, keyCondition } = bindExpressions(input);
    for (const each of [condition, filter]) expect(typeof (each?.matches(item) ?? true)).toBe("boolean");
    projection?.apply(item);
    update?.apply(item);
    keyCondition?.resolve({ partition: [{ name: "a", type: "S" }], sort: [{ name: "b", type: "S" }] });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    expect(error).toMatchObject({ name: "ValidationException" });
  }
}

describe("Expressions", () => {
  it("refuse anything that they do not understand, and nothing breaks them", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MEMBERS),
        text,
        fc.option(fc.dictionary(fc.constantFrom("#a", "#b", "c"), fc.constantFrom("a", "b", "__proto__")), {
          nil: undefined,
        }),
        fc.option(fc.dictionary(fc.constantFrom(":a", ":b", "c"), value), { nil: undefined }),
        (member, expression, ExpressionAttributeNames, ExpressionAttributeValues) => {
          exercise({ [member]: expression, ExpressionAttributeNames, ExpressionAttributeValues });
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["(".repeat(2046) + "a<b" + ")".repeat(2046)],
    ["(".repeat(4000)],
    ["not ".repeat(1000) + "a<b"],
    ["not(".repeat(1000) + "a<b" + ")".repeat(23)],
    ["a<b " + "or (a<b ".repeat(454) + ")".repeat(454)],
    ["a < " + "f(".repeat(1355) + "b" + ")".repeat(1355)],
    ["a < " + "size(".repeat(680) + "b" + ")".repeat(680)],
    ["a" + "[0]".repeat(1300) + " = b"],
    ["a = " + "(".repeat(2000) + "b" + ")".repeat(2000)],
    ["set a = " + "(".repeat(2000) + "b" + ")".repeat(2000)],
    ["set a = " + "if_not_exists(a,".repeat(250)],
  ])("stand an expression that is as deep as 4 KB allow: %.20s...", (expression) => {
    for (const member of MEMBERS) {
      expect(() => bindExpressions({ [member]: expression })).toThrow(
        expect.objectContaining({ name: "ValidationException" }) as Error,
      );
    }
  });

  it("take 299 operators in 149 nested pairs of parentheses", () => {
    const ConditionExpression = "a<b " + "or (a<b ".repeat(149) + ")".repeat(149);
    expect(bindExpressions({ ConditionExpression }).condition!.matches({ a: { N: "1" }, b: { N: "2" } })).toBe(true);
  });
});
