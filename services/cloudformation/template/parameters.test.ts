import { parameterDefinitions, parameterReference, resolveParameters } from "./parameters.ts";
import type { JsonObject } from "./value.ts";

const resolve = (
  declared: JsonObject,
  given: Record<string, string> = {},
  previous?: Record<string, string>,
): Record<string, string> =>
  resolveParameters(
    parameterDefinitions(declared),
    Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    previous,
  );

describe("parameters", () => {
  it("take the given value before the default", () => {
    const declared = { A: { Type: "String", Default: "a" }, B: { Type: "Number", Default: 1 } };
    expect(resolve(declared, { B: "2" })).toEqual({ A: "a", B: "2" });
  });

  it("without a value are refused together, as are names that the template has not", () => {
    expect(() => resolve({ A: { Type: "String" }, B: { Type: "String" } })).toThrow(
      "Parameters: [A, B] must have values",
    );
    expect(() => resolve({ A: { Type: "String" } }, { A: "1", X: "1", Y: "1" })).toThrow(
      "Parameters: [X, Y] do not exist in the template",
    );
  });

  it.each([
    [{ AllowedValues: ["a", "b"] }, "c", "Parameter 'P' must be one of AllowedValues"],
    [{ AllowedPattern: "[a-z]+" }, "aB", "Parameter 'P' must match pattern [a-z]+"],
    [{ MinLength: 3 }, "ab", "Parameter 'P' must contain at least 3 characters"],
    [{ MaxLength: "3" }, "abcd", "Parameter 'P' must contain at most 3 characters"],
    [{ Type: "Number" }, "x", "Parameter 'P' must be a number"],
    [{ Type: "Number", MinValue: 2 }, "1", "Parameter 'P' must be a number not less than 2"],
    [{ Type: "Number", MaxValue: 2 }, "3", "Parameter 'P' must be a number not greater than 2"],
    [{ AllowedValues: ["a"], ConstraintDescription: "an a" }, "b", "Parameter P failed to satisfy constraint: an a"],
    [{ Type: "CommaDelimitedList", AllowedValues: ["a"] }, "a,b", "Parameter 'P' must be one of AllowedValues"],
  ])("%j refuses %s", (limits, value, message) => {
    expect(() => resolve({ P: { Type: "String", ...limits } }, { P: value })).toThrow(message);
  });

  it("that break their own constraints by default are refused", () => {
    expect(() => resolve({ P: { Type: "Number", Default: 5, MaxValue: 4 } })).toThrow("not greater than 4");
  });

  it("keep their previous value when told so, and only if there is one", () => {
    const definitions = parameterDefinitions({ A: { Type: "String", Default: "x" } });
    const keep = [{ ParameterKey: "A", UsePreviousValue: true }];
    expect(resolveParameters(definitions, keep, { A: "before" })).toEqual({ A: "before" });
    const emptied = [{ ParameterKey: "A", UsePreviousValue: true, ParameterValue: "" }];
    expect(resolveParameters(definitions, emptied, { A: "before" })).toEqual({ A: "before" });
    const both = [{ ParameterKey: "A", UsePreviousValue: true, ParameterValue: "y" }];
    expect(() => resolveParameters(definitions, both, { A: "before" })).toThrow(
      "Cannot specify usePreviousValue as true and non empty value for a parameter",
    );
    expect(() => resolveParameters(definitions, keep, {})).toThrow(
      "Cannot specify usePreviousValue as true for a parameter key not in the previous template",
    );
  });

  it("of list types are lists, without blanks", () => {
    const { A } = { A: parameterDefinitions({ A: { Type: "CommaDelimitedList" } }).get("A") };
    expect(A && parameterReference(A, "a, b ,c")).toEqual(["a", "b", "c"]);
    expect(A && parameterReference(A, "")).toEqual([]);
  });

  it("that name parameters of Systems Manager answer the values behind them, as lists where they are lists", () => {
    const type = (Type: string) => ({ type: Type });
    expect(parameterReference(type("AWS::SSM::Parameter::Value<String>"), "/a", "x,y")).toBe("x,y");
    expect(parameterReference(type("AWS::SSM::Parameter::Value<List<String>>"), "/a", "x,y")).toEqual(["x", "y"]);
    expect(parameterReference(type("AWS::SSM::Parameter::Name"), "/a")).toBe("/a");
  });

  it("of unknown types are refused", () => {
    expect(() => resolve({ A: { Type: "Strings" } })).toThrow("Unrecognized parameter type: Strings");
    expect(() => resolve({ A: { Type: "AWS::SSM::Parameter::Value<Strings>" } })).toThrow(
      "Unrecognized parameter type: Strings",
    );
    expect(() => resolve({ A: {} })).toThrow("Every Parameters object must contain a Type member.");
  });
});
