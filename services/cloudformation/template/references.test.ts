import { checkAcyclic, checkReferences } from "./references.ts";
import { readTemplate } from "./template.ts";

const check = (template: object): void =>
  checkReferences(readTemplate(JSON.stringify(template)), (type) => (type === "AWS::S3::Bucket" ? ["Arn"] : undefined));

const bucket = (properties: object = {}, rest: object = {}) => ({
  Type: "AWS::S3::Bucket",
  Properties: properties,
  ...rest,
});

describe("references of a template", () => {
  it.each([
    [
      { Resources: { A: bucket({ BucketName: { Ref: "X" }, Tags: [{ "Fn::Sub": "${Y}" }] }) } },
      "Template format error: Unresolved resource dependencies [X, Y] in the Resources block of the template",
    ],
    [
      { Resources: { A: bucket({}, { DependsOn: ["B"] }) } },
      "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
    ],
    [
      { Resources: { A: bucket() }, Outputs: { O: { Value: { Ref: "X" } } } },
      "Template format error: Unresolved resource dependencies [X] in the Outputs block of the template",
    ],
    [
      { Resources: { A: bucket({ BucketName: { "Fn::GetAtt": ["X", "Arn"] } }) } },
      "Template error: instance of Fn::GetAtt references undefined resource X",
    ],
    [
      { Resources: { A: bucket(), B: bucket({ BucketName: { "Fn::GetAtt": ["A", "Nope"] } }) } },
      "Template error: resource A does not support attribute type Nope in Fn::GetAtt",
    ],
    [
      { Resources: { A: bucket({ BucketName: { "Fn::If": ["C", "a", "b"] } }) } },
      "Template error: unresolved condition dependency C in Fn::If",
    ],
    [
      { Resources: { A: bucket({}, { Condition: "C" }) } },
      "Template format error: Unresolved condition dependency C in the Resources block of the template",
    ],
    [
      { Conditions: { C: { "Fn::Equals": [{ Ref: "A" }, "x"] } }, Resources: { A: bucket() } },
      "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
    ],
  ])("%j are refused", (template, message) => {
    expect(() => check(template)).toThrow(message);
  });

  it("to parameters, pseudo parameters and resources are right in either branch of a condition", () => {
    check({
      Parameters: { P: { Type: "String" } },
      Conditions: { C: { "Fn::Equals": [{ Ref: "P" }, { Ref: "AWS::Region" }] } },
      Resources: {
        A: bucket(),
        B: bucket({ BucketName: { "Fn::If": ["C", { Ref: "P" }, { "Fn::Sub": "${A.Arn}" }] } }),
      },
    });
  });

  it("may not run in a circle: those on it are named, those beside it are not", () => {
    const graph = new Map(Object.entries({ A: ["B"], B: ["C"], C: ["A"], Before: [], Behind: ["A", "Before"] }));
    expect(() => checkAcyclic(graph)).toThrow("Circular dependency between resources: [A, B, C]");
    graph.set("C", []);
    checkAcyclic(graph);
  });
});

describe("the sections of a template", () => {
  it.each([
    [{ Resources: {} }, "Template format error: At least one Resources member must be defined."],
    [{ Resource: {} }, "Template format error: Invalid template property or properties [Resource]"],
    [{ Resources: { "a-b": bucket() } }, "Template format error: Resource name a-b is non alphanumeric."],
    [{ Resources: { A: bucket({}, { Propertys: {} }) } }, "Invalid template resource property 'Propertys'"],
    [{ Resources: { A: {} } }, "Every Resources object must contain a Type member."],
    [{ Resources: { A: bucket({}, { CreationPolicy: {} }) } }, "CreationPolicy (resource A) is not supported"],
    [{ Resources: { A: bucket() }, Transform: "AWS::Serverless-2016-10-31" }, "Transform AWS::Serverless-2016-10-31"],
    [{ Resources: { A: bucket() }, Rules: { R: {} } }, "Every Rules object must contain a list of Assertions: R."],
    [{ Resources: { A: bucket() }, Outputs: { O: {} } }, "Every Outputs member must contain a Value object"],
    [{ Resources: { A: bucket({}, { DeletionPolicy: "Keep" }) } }, 'Unrecognized DeletionPolicy "Keep" for resource A'],
    [{ AWSTemplateFormatVersion: "2011-01-01", Resources: { A: bucket() } }, "Template format version not supported."],
  ])("%j are refused", (template, message) => {
    expect(() => check(template)).toThrow(message);
  });
});
