import { evaluateCondition } from "./conditions.ts";
import { evaluate, type Scope } from "./functions.ts";
import { type Evaluated, type Json, NO_VALUE, Unknown } from "./value.ts";

const names: Record<string, Evaluated> = {
  Name: "rivers",
  Zones: ["a", "b", "c"],
  Count: 3,
  New: new Unknown(["New"]),
  "AWS::Region": "eu-west-1",
  "AWS::NoValue": NO_VALUE,
};

const scope: Scope = {
  mappings: { Sizes: { "eu-west-1": { small: 1, list: ["x", "y"] } } },
  languageExtensions: false,
  reference: (name) => names[name],
  attribute: (id, name) => (id === "New" ? new Unknown([`New.${name}`]) : `${id}/${name}`),
  condition: (name) => name === "Yes",
  exported: (name) => `exported ${name}`,
  availabilityZones: (region) => [`${region}a`, `${region}b`],
};

const value = (node: Json): Evaluated => evaluate(node, scope);

describe("intrinsic functions", () => {
  it.each<[string, Json, Json]>([
    ["Ref", { Ref: "Name" }, "rivers"],
    ["Fn::GetAtt with a list", { "Fn::GetAtt": ["A", "Arn"] }, "A/Arn"],
    ["Fn::GetAtt with a string", { "Fn::GetAtt": "A.Nested.Arn" }, "A/Nested.Arn"],
    ["Fn::Sub", { "Fn::Sub": "${Name}-${A.Arn}-${!Literal}-${AWS::Region}" }, "rivers-A/Arn-${Literal}-eu-west-1"],
    ["Fn::Sub with variables", { "Fn::Sub": ["${x}${Name}", { x: { Ref: "Count" } }] }, "3rivers"],
    ["Fn::Join", { "Fn::Join": [",", { Ref: "Zones" }] }, "a,b,c"],
    ["Fn::Join without what has no value", { "Fn::Join": [",", ["a", { Ref: "AWS::NoValue" }, 1, true]] }, "a,1,true"],
    ["Fn::Select", { "Fn::Select": ["1", { Ref: "Zones" }] }, "b"],
    ["Fn::Split", { "Fn::Split": ["|", "a|b||c"] }, ["a", "b", "", "c"]],
    ["Fn::FindInMap", { "Fn::FindInMap": ["Sizes", { Ref: "AWS::Region" }, "small"] }, 1],
    ["Fn::FindInMap of a list", { "Fn::FindInMap": ["Sizes", "eu-west-1", "list"] }, ["x", "y"]],
    ["Fn::Base64", { "Fn::Base64": "grüße" }, "Z3LDvMOfZQ=="],
    ["Fn::Cidr", { "Fn::Cidr": ["10.0.0.0/16", 3, 8] }, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]],
    ["Fn::GetAZs", { "Fn::GetAZs": "" }, ["eu-west-1a", "eu-west-1b"]],
    ["Fn::ImportValue", { "Fn::ImportValue": { "Fn::Sub": "${Name}-arn" } }, "exported rivers-arn"],
    ["Fn::If, held", { "Fn::If": ["Yes", "a", "b"] }, "a"],
    ["Fn::If, not held", { "Fn::If": ["No", "a", "b"] }, "b"],
  ])("%s", (_name, node, expected) => {
    expect(value(node)).toEqual(expected);
  });

  it("leave out members and elements that have no value", () => {
    expect(value({ a: { Ref: "AWS::NoValue" }, b: [{ "Fn::If": ["No", 1, { Ref: "AWS::NoValue" }] }, 2] })).toEqual({
      b: [2],
    });
  });

  it.each<[string, Json]>([
    ["Fn::Sub", { "Fn::Sub": "x${New}y${New.Arn}" }],
    ["Fn::Join", { "Fn::Join": [":", ["a", { Ref: "New" }, { "Fn::GetAtt": ["New", "Arn"] }]] }],
  ])("%s of what does not exist yet is not known, and says of what", (_name, node) => {
    expect(value(node)).toEqual(new Unknown(["New", "New.Arn"]));
  });

  it.each<[Json, string]>([
    [
      { "Fn::Join": ["a"] },
      "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings",
    ],
    [{ "Fn::Select": [9, ["a"]] }, "Template error: Fn::Select cannot select nonexistent value at index 9"],
    [{ "Fn::GetAtt": ["A"] }, "Template error: every Fn::GetAtt object requires two non-empty parameters"],
    [{ "Fn::FindInMap": ["Sizes", "x", "y"] }, "Template error: Unable to get mapping for Sizes::x::y"],
    [{ "Fn::FindInMap": ["No", "x", "y"] }, "Mapping named 'No' is not present in the 'Mappings' section of template."],
    [{ "Fn::Sub": "${a b}" }, "Template error: variable names in Fn::Sub syntax must contain only alphanumeric"],
    [{ "Fn::Sub": 1 }, "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."],
    [{ "Fn::Base64": ["a"] }, "Template error: every Fn::Base64 object must have a String-typed value."],
    [{ "Fn::Transform": {} }, "The function Fn::Transform is not supported"],
    [{ "Fn::Length": [] }, "Fn::Length requires the transform AWS::LanguageExtensions"],
    [{ Ref: "Missing" }, "Unresolved resource dependencies [Missing] in the Resources block of the template"],
  ])("%j is refused", (node, message) => {
    expect(() => value(node)).toThrow(message);
  });

  it("of AWS::LanguageExtensions run where the template asks for it", () => {
    const extended = { ...scope, languageExtensions: true };
    expect(evaluate({ "Fn::Length": { Ref: "Zones" } }, extended)).toBe(3);
    expect(evaluate({ "Fn::ToJsonString": { a: { Ref: "Name" } } }, extended)).toBe('{"a":"rivers"}');
    expect(evaluate({ "Fn::FindInMap": ["Sizes", "x", "y", { DefaultValue: "z" }] }, extended)).toBe("z");
  });
});

describe("conditions", () => {
  it.each<[Json, boolean]>([
    [{ "Fn::Equals": [{ Ref: "Name" }, "rivers"] }, true],
    [{ "Fn::Equals": [{ Ref: "Count" }, "3"] }, true],
    [{ "Fn::Not": [{ Condition: "Yes" }] }, false],
    [{ "Fn::And": [{ Condition: "Yes" }, { "Fn::Not": [{ Condition: "No" }] }] }, true],
    [{ "Fn::Or": [{ Condition: "No" }, { "Fn::Equals": ["a", "b"] }] }, false],
  ])("%j is %s", (node, expected) => {
    expect(evaluateCondition(node, scope)).toBe(expected);
  });

  it("take as many conditions as AWS says", () => {
    expect(() => evaluateCondition({ "Fn::And": [{ Condition: "Yes" }] }, scope)).toThrow(
      "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
    );
    expect(() => evaluateCondition({ "Fn::Equals": ["a"] }, scope)).toThrow(
      "every Fn::Equals object requires a list of 2 string parameters.",
    );
  });
});
