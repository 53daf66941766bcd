import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPipeline, PIPELINE_NAMES } from "../../cli/pipelines/index.ts";
import { parseTemplate } from "../../services/cloudformation/template/parse.ts";
import type { JsonObject } from "../../services/cloudformation/template/value.ts";
import { type Resource, type RuleName, RULES, type TemplateText } from "./rules.ts";

const template = (name: string): TemplateText =>
  parseTemplate(readFileSync(join(findPipeline(name).folder, "template.yaml"), "utf8")) as unknown as TemplateText;

const TEMPLATES = PIPELINE_NAMES.map((name) => [name, template(name)] as const);

describe.each(TEMPLATES)("the template of %s", (_name, text) => {
  it.each(Object.entries(RULES))("%s", (_rule, rule) => {
    expect(rule(text)).toEqual([]);
  });
});

it("parameters that templates share are the same in each", () => {
  const forms = new Map<string, Map<string, string[]>>();
  for (const [pipeline, { Parameters = {} }] of TEMPLATES) {
    for (const [name, { Default: _default, Description: _description, ...form }] of Object.entries(Parameters)) {
      const byForm = forms.get(name) ?? new Map<string, string[]>();
      const key = JSON.stringify(form);
      forms.set(name, byForm.set(key, [...(byForm.get(key) ?? []), pipeline]));
    }
  }
  expect([...forms].filter(([, byForm]) => byForm.size > 1)).toEqual([]);
});

/** A template of one resource, and what a rule says of it. */
const one = (Type: string, Properties: JsonObject, rest: Partial<Resource> = {}): TemplateText => ({
  Resources: { It: { Type, Properties, ...rest } },
});

const allowing = (statement: JsonObject) =>
  one("AWS::IAM::ManagedPolicy", { PolicyDocument: { Statement: [{ Effect: "Allow", ...statement }] } });

const trusting = (statement: JsonObject) =>
  one("AWS::IAM::Role", { AssumeRolePolicyDocument: { Statement: [{ Action: "sts:AssumeRole", ...statement }] } });

const BUCKET = "AWS::S3::Bucket";
const ARN = { "Fn::GetAtt": ["It", "Arn"] };

// what the rules are for: templates that break them
const BROKEN: readonly (readonly [RuleName, TemplateText, string])[] = [
  ["stores are encrypted", one("AWS::Kinesis::Stream", {}), "It is not encrypted"],
  ["stores are encrypted", one(BUCKET, {}), "It is not encrypted"],
  ["stores are encrypted", one("AWS::KinesisFirehose::DeliveryStream", {}), "It is not encrypted"],
  ["buckets are closed to the public and take TLS only", one(BUCKET, {}), "It is not closed to the public"],
  ["buckets are closed to the public and take TLS only", one(BUCKET, {}), "It takes requests without TLS"],
  [
    "what becomes of a store that is deleted or replaced is decided",
    one("AWS::Logs::LogGroup", {}, { DeletionPolicy: "Delete" }),
    "It has no DeletionPolicy or no UpdateReplacePolicy",
  ],
  [
    "what becomes of a store that is deleted or replaced is decided",
    one(BUCKET, {}, { DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete" }),
    "It loses its data when it is replaced",
  ],
  ["logs, failures and earlier versions end", one("AWS::Logs::LogGroup", {}), "It keeps its lines for good"],
  ["logs, failures and earlier versions end", one(BUCKET, {}), "It has no lifecycle"],
  [
    "logs, failures and earlier versions end",
    one(BUCKET, { VersioningConfiguration: { Status: "Enabled" } }),
    "It keeps earlier versions for good",
  ],
  [
    "logs, failures and earlier versions end",
    one("AWS::Lambda::Function", { FunctionName: { Ref: "Name" } }),
    "It has no log group before it",
  ],
  ["tables can be protected", one("AWS::DynamoDB::Table", {}), "It cannot be protected"],
  [
    "roles may do what they have to do with what is in the stack",
    allowing({ Action: "s3:*", Resource: ARN }),
    "It allows s3:*",
  ],
  [
    "roles may do what they have to do with what is in the stack",
    allowing({ Action: "s3:PutObject", Resource: "*" }),
    "It allows more than what is in the stack",
  ],
  [
    "roles may do what they have to do with what is in the stack",
    one("AWS::IAM::Role", { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
    "It has a policy of somebody else",
  ],
  [
    "services act for this account only",
    trusting({ Principal: { Service: "firehose.amazonaws.com" } }),
    "It trusts too many",
  ],
  ["services act for this account only", trusting({ Principal: { AWS: "*" } }), "It trusts too many"],
  ["services act for this account only", one("AWS::Lambda::Permission", {}), "It lets every account in"],
  [
    "parameters are described and grouped",
    { Parameters: { Size: { Type: "Number" } }, Resources: {} },
    "Size has no description",
  ],
  [
    "parameters are described and grouped",
    { Parameters: { Size: { Type: "Number", Description: "How much." } }, Resources: {} },
    "Not every parameter is in one group",
  ],
  ["outputs are described", { Resources: {}, Outputs: { Name: { Value: "x" } } }, "Name has no description"],
  ["names can be chosen", one("AWS::DynamoDB::Table", { TableName: "mine" }), "It has a fixed name"],
];

describe("a template that breaks a rule", () => {
  it.each(BROKEN)("%s", (rule, text, complaint) => {
    expect(RULES[rule](text)).toContain(complaint);
  });

  it("is there for every rule", () => {
    expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
  });
});
