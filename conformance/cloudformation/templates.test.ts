import {
  CreateStackCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { uniqueName, useCloudFormation } from "./fixture.ts";

const TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Description: A stream and its role
Metadata: { owner: rivers }
Parameters:
  Shards: { Type: Number, Default: 2, Description: How many }
  Secret: { Type: String, NoEcho: true, Default: word }
  Stage: { Type: String, AllowedValues: [dev, prod] }
Resources:
  Stream:
    Type: AWS::Kinesis::Stream
    Properties: { ShardCount: !Ref Shards, Name: !Sub "\${Stage}-stream" }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement: [{ Effect: Allow, Principal: { Service: !Sub "lambda.\${AWS::URLSuffix}" }, Action: "sts:AssumeRole" }]
`;

const on = useCloudFormation();

describe("ValidateTemplate", () => {
  it("answers parameters, description and the capabilities that the template asks for", async () => {
    expect(await on.cloudformation.send(new ValidateTemplateCommand({ TemplateBody: TEMPLATE }))).toMatchObject({
      Description: "A stream and its role",
      Parameters: [
        { ParameterKey: "Shards", DefaultValue: "2", NoEcho: false, Description: "How many" },
        { ParameterKey: "Secret", DefaultValue: "****", NoEcho: true },
        { ParameterKey: "Stage", NoEcho: false },
      ],
      Capabilities: ["CAPABILITY_IAM"],
      CapabilitiesReason: "The following resource(s) require capabilities: [AWS::IAM::Role]",
    });
  });

  it.each([
    [
      "Resources: {A: {Type: AWS::Kinesis::Stream, Properties: {Name: !Ref B}}}",
      "Unresolved resource dependencies [B]",
    ],
    ["Resources: [", "Template format error: YAML not well-formed."],
    ["Resources: {A: {Type: AWS::SES::Template}}", "Unrecognized resource types: [AWS::SES::Template]"],
    ["Resources: {A: {Type: AWS::Kinesis::Stream, Properties: {Name: !Transform {Name: X}}}}", "Fn::Transform"],
  ])("refuses %s", async (TemplateBody, message) => {
    await expect(on.cloudformation.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toThrow(message);
  });
});

describe("GetTemplateSummary", () => {
  it("answers what a template declares, given as text or by its stack", async () => {
    const StackName = uniqueName();
    const Parameters = [{ ParameterKey: "Stage", ParameterValue: "dev" }];
    const Capabilities = ["CAPABILITY_IAM" as const];
    await on.cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody: TEMPLATE, Parameters, Capabilities }),
    );
    const expected = {
      Description: "A stream and its role",
      ResourceTypes: ["AWS::Kinesis::Stream", "AWS::IAM::Role"],
      Version: "2010-09-09",
      Metadata: '{"owner":"rivers"}',
      Parameters: [
        { ParameterKey: "Shards", ParameterType: "Number", DefaultValue: "2" },
        { ParameterKey: "Secret", ParameterType: "String", NoEcho: true },
        { ParameterKey: "Stage", ParameterConstraints: { AllowedValues: ["dev", "prod"] } },
      ],
    };
    const ofText = await on.cloudformation.send(new GetTemplateSummaryCommand({ TemplateBody: TEMPLATE }));
    expect(ofText).toMatchObject(expected);
    expect(await on.cloudformation.send(new GetTemplateSummaryCommand({ StackName }))).toMatchObject(expected);
  });
});

describe("GetTemplate", () => {
  it("answers the template as it was given, to the byte", async () => {
    const StackName = uniqueName();
    const TemplateBody = "# grüße\nResources:\n  A: { Type: 'AWS::Logs::LogGroup' }\n";
    await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
    const answer = await on.cloudformation.send(new GetTemplateCommand({ StackName }));
    expect(answer).toMatchObject({ TemplateBody, StagesAvailable: ["Original", "Processed"] });
  });

  it("refuses a stack that is not there", async () => {
    await expect(on.cloudformation.send(new GetTemplateCommand({ StackName: "none" }))).rejects.toThrow(
      "Stack with id none does not exist",
    );
  });
});
