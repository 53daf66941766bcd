import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  RollbackStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { useClient } from "../target.ts";
import { body, impossibleTable, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

const create = (input: Omit<CreateStackCommandInput, "StackName"> & { StackName?: string }) =>
  on.cloudformation.send(new CreateStackCommand({ StackName: uniqueName(), ...input }));
const groups = async (prefix: string) =>
  (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }))).logGroups?.map(
    ({ logGroupName }) => logGroupName,
  );

describe("CreateStack", () => {
  describe("validation", () => {
    it("refuses a stack name that is none, in the words of AWS", async () => {
      await expect(create({ StackName: "1 2", TemplateBody: body({ A: logGroup("a") }) })).rejects.toMatchObject({
        name: "ValidationError",
        message: expect.stringContaining("at 'stackName' failed to satisfy constraint"),
      });
    });

    it.each<[string, Omit<CreateStackCommandInput, "StackName">, string]>([
      ["no template", {}, "Either Template URL or Template Body must be specified."],
      [
        "a template over 51,200 bytes",
        { TemplateBody: body({ A: logGroup("a".repeat(51_200)) }) },
        "less than or equal to 51200",
      ],
      [
        "an unknown resource type",
        { TemplateBody: body({ A: { Type: "AWS::Foo::Bar" } }) },
        "Unrecognized resource types: [AWS::Foo::Bar]",
      ],
      [
        "an unknown property",
        { TemplateBody: body({ A: logGroup("a", { Retention: 1 }) }) },
        "Properties validation failed for resource A with message:\n#: extraneous key [Retention] is not permitted",
      ],
      [
        "a property that Headwater has not",
        { TemplateBody: body({ A: logGroup("a", { KmsKeyId: "arn:aws:kms:us-east-1:000000000000:key/1" }) }) },
        "Resource A: property AWS::Logs::LogGroup.KmsKeyId is not supported by Headwater.",
      ],
      [
        "a value out of range",
        { TemplateBody: body({ A: logGroup("a", { RetentionInDays: 2 }) }) },
        "#/RetentionInDays: 2 is not a valid enum value",
      ],
      [
        "an unknown parameter",
        { TemplateBody: body({ A: logGroup("a") }), Parameters: [{ ParameterKey: "X", ParameterValue: "1" }] },
        "Parameters: [X] do not exist in the template",
      ],
      [
        "a circle",
        { TemplateBody: body({ A: logGroup({ Ref: "B" }), B: logGroup({ Ref: "A" }) }) },
        "Circular dependency between resources: [A, B]",
      ],
      [
        "a reference to a resource whose condition does not hold",
        {
          TemplateBody: body(
            { A: logGroup("x", {}, { Condition: "No" }), B: logGroup({ Ref: "A" }) },
            { Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
          ),
        },
        "Unresolved resource dependencies [A] in the Resources block of the template",
      ],
    ])("refuses %s before anything is created", async (_name, input, message) => {
      const StackName = uniqueName();
      await expect(create({ StackName, ...input })).rejects.toMatchObject({
        name: "ValidationError",
        message: expect.stringContaining(message),
      });
      await expect(on.events(StackName)).rejects.toThrow(`Stack [${StackName}] does not exist`);
    });

    it.each([
      ["a role", {}, [], "Requires capabilities : [CAPABILITY_IAM]"],
      [
        "a role with a name",
        { RoleName: "r" },
        ["CAPABILITY_IAM" as const],
        "Requires capabilities : [CAPABILITY_NAMED_IAM]",
      ],
    ])("wants the capability for %s", async (_name, properties, Capabilities, message) => {
      const AssumeRolePolicyDocument = { Version: "2012-10-17", Statement: [] };
      const Role = { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument, ...properties } };
      await expect(create({ TemplateBody: body({ Role }), Capabilities })).rejects.toMatchObject({
        name: "InsufficientCapabilitiesException",
        message,
      });
    });

    it.each([
      [{ StackPolicyBody: "{}" }, "The setting StackPolicyBody"],
      [{ NotificationARNs: ["arn:aws:sns:us-east-1:000000000000:t"] }, "The setting NotificationARNs"],
      [{ ResourceTypes: ["AWS::S3::*"] }, "The setting ResourceTypes"],
    ])("refuses %j by name", async (setting, what) => {
      await expect(create({ TemplateBody: body({ A: logGroup("a") }), ...setting })).rejects.toMatchObject({
        name: "NotImplemented",
        message: `${what} is not supported by Headwater.`,
      });
    });
  });

  describe("behaviour", () => {
    it("creates resources in the order of their references, and answers outputs", async () => {
      const StackName = uniqueName();
      const Second = logGroup({ "Fn::Sub": "${First}-second" });
      const Third = logGroup(`${StackName}-third`, {}, { DependsOn: "Second" });
      const TemplateBody = body(
        { Third, Second, First: logGroup({ Ref: "AWS::StackName" }) },
        {
          Outputs: {
            Arn: { Value: { "Fn::GetAtt": ["First", "Arn"] }, Description: "of the first" },
            Where: { Value: { "Fn::Sub": "${AWS::Region}/${AWS::AccountId}/${AWS::Partition}/${AWS::URLSuffix}" } },
          },
        },
      );
      const { StackId } = await create({ StackName, TemplateBody, Tags: [{ Key: "team", Value: "rivers" }] });
      const stack = await on.settled(StackName);
      expect(StackId).toMatch(
        new RegExp(`^arn:aws:cloudformation:us-east-1:000000000000:stack/${StackName}/[0-9a-f-]{36}$`),
      );
      expect(stack).toMatchObject({
        StackId,
        StackStatus: "CREATE_COMPLETE",
        Tags: [{ Key: "team", Value: "rivers" }],
        Outputs: [
          {
            OutputKey: "Arn",
            OutputValue: `arn:aws:logs:us-east-1:000000000000:log-group:${StackName}:*`,
            Description: "of the first",
          },
          { OutputKey: "Where", OutputValue: "us-east-1/000000000000/aws/amazonaws.com" },
        ],
      });
      const events = await on.events(StackName);
      expect(events.slice(0, 4)).toEqual([
        `${StackName} CREATE_IN_PROGRESS`,
        "First CREATE_IN_PROGRESS",
        "First CREATE_IN_PROGRESS",
        "First CREATE_COMPLETE",
      ]);
      expect(events.filter((event) => event.endsWith("CREATE_COMPLETE"))).toEqual([
        "First CREATE_COMPLETE",
        "Second CREATE_COMPLETE",
        "Third CREATE_COMPLETE",
        `${StackName} CREATE_COMPLETE`,
      ]);
    });

    it("removes what it made when a resource fails, and says why", async () => {
      const StackName = uniqueName();
      const TemplateBody = body({ Group: logGroup(StackName), Table: impossibleTable(["Group"]) });
      await create({ StackName, TemplateBody });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
      expect(await groups(StackName)).toEqual([]);
      expect(await on.reasons(StackName, StackName)).toContain(
        "The following resource(s) failed to create: [Table]. Rollback requested by user.",
      );
      const [reason] = await on.reasons(StackName, "Table");
      expect(reason).toMatch(
        /^Resource handler returned message: ".+ \(Service: DynamoDB, Status Code: 400, Request ID: [0-9a-f-]+\)" \(RequestToken: [0-9a-f-]+, HandlerErrorCode: InvalidRequest\)$/,
      );
    });

    it("does not take over what exists already, and leaves it alone when it rolls back", async () => {
      const StackName = uniqueName();
      await logs.send(new CreateLogGroupCommand({ logGroupName: StackName }));
      await create({ StackName, TemplateBody: body({ Group: logGroup(StackName) }) });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
      expect((await on.reasons(StackName, "Group"))[0]).toContain(
        `Resource of type 'AWS::Logs::LogGroup' with identifier '${StackName}' already exists.`,
      );
      expect(await groups(StackName)).toEqual([StackName]);
    });

    it.each([
      [{ DisableRollback: true }, "CREATE_FAILED", 1],
      [{ OnFailure: "DO_NOTHING" as const }, "CREATE_FAILED", 1],
      [{ OnFailure: "DELETE" as const }, "DELETE_COMPLETE", 0],
    ])("with %j ends a failure in %s", async (setting, status, left) => {
      const StackName = uniqueName();
      const TemplateBody = body({ Group: logGroup(StackName), Table: impossibleTable(["Group"]) });
      const { StackId = "" } = await create({ StackName, TemplateBody, ...setting });
      expect(await on.settled(StackId)).toMatchObject({ StackStatus: status });
      expect(await groups(StackName)).toHaveLength(left);
    });

    it("fails by name for a managed policy of AWS's that is not there", async () => {
      const StackName = uniqueName();
      const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
      const Properties = {
        AssumeRolePolicyDocument: { Version: "2012-10-17", Statement },
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonEC2FullAccess"],
      };
      const TemplateBody = body({ Role: { Type: "AWS::IAM::Role", Properties } });
      await create({ StackName, TemplateBody, Capabilities: ["CAPABILITY_IAM"] });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
      expect((await on.reasons(StackName, "Role")).join("\n")).toContain(
        "The AWS managed policy AmazonEC2FullAccess is not supported by Headwater.",
      );
    });

    it("that failed and was left as it was can be rolled back later", async () => {
      const StackName = uniqueName();
      const TemplateBody = body({ Group: logGroup(StackName), Table: impossibleTable(["Group"]) });
      await create({ StackName, TemplateBody, DisableRollback: true });
      await on.settled(StackName);
      await on.cloudformation.send(new RollbackStackCommand({ StackName }));
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
      expect(await groups(StackName)).toEqual([]);
    });

    it("keeps in a rollback what is to be retained, but not what is retained except on create", async () => {
      const StackName = uniqueName();
      const TemplateBody = body({
        Kept: logGroup(`${StackName}/kept`, {}, { DeletionPolicy: "Retain" }),
        Gone: logGroup(`${StackName}/gone`, {}, { DeletionPolicy: "RetainExceptOnCreate" }),
        Table: impossibleTable(["Kept", "Gone"]),
      });
      await create({ StackName, TemplateBody });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
      expect(await groups(StackName)).toEqual([`${StackName}/kept`]);
      expect(await on.events(StackName)).toContain("Kept DELETE_SKIPPED");
    });

    it("refuses an output of a resource whose condition does not hold", async () => {
      const TemplateBody = body(
        { Always: logGroup(uniqueName()), Never: logGroup(uniqueName(), {}, { Condition: "Never" }) },
        { Conditions: { Never: { "Fn::Equals": ["a", "b"] } }, Outputs: { Name: { Value: { Ref: "Never" } } } },
      );
      await expect(create({ StackName: uniqueName(), TemplateBody })).rejects.toMatchObject({
        name: "ValidationError",
        message: "Unresolved resource dependencies [Never] in the Outputs block of the template",
      });
    });

    it("creates only the resources whose condition holds", async () => {
      const StackName = uniqueName();
      const TemplateBody = body(
        {
          Always: logGroup(`${StackName}/always`, {
            RetentionInDays: { "Fn::If": ["Prod", 30, { Ref: "AWS::NoValue" }] },
          }),
          OnlyProd: logGroup(`${StackName}/prod`, {}, { Condition: "Prod" }),
        },
        {
          Parameters: { Stage: { Type: "String", AllowedValues: ["dev", "prod"] } },
          Conditions: { Prod: { "Fn::Equals": [{ Ref: "Stage" }, "prod"] } },
          Outputs: { Prod: { Condition: "Prod", Value: { Ref: "OnlyProd" } } },
        },
      );
      await create({ StackName, TemplateBody, Parameters: [{ ParameterKey: "Stage", ParameterValue: "dev" }] });
      const made = await on.settled(StackName);
      expect(made.StackStatus).toBe("CREATE_COMPLETE");
      expect(made).not.toHaveProperty("Outputs");
      const answer = await on.cloudformation.send(new DescribeStackResourcesCommand({ StackName }));
      expect(answer.StackResources?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["Always"]);
    });

    it("names what the template does not name after the stack and the resource", async () => {
      const StackName = uniqueName("Mixed-Case");
      const TemplateBody = body({ Group: { Type: "AWS::Logs::LogGroup" }, RawBucket: { Type: "AWS::S3::Bucket" } });
      await create({ StackName, TemplateBody });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
      expect(await on.physicalId(StackName, "Group")).toMatch(new RegExp(`^${StackName}-Group-[A-Z0-9]{12}$`));
      expect(await on.physicalId(StackName, "RawBucket")).toMatch(/^mixed-case-[0-9-]+-rawbucket-[a-z0-9]{12}$/);
    });

    it("does not show the value of a parameter with NoEcho", async () => {
      const StackName = uniqueName();
      const Parameters = { Secret: { Type: "String", NoEcho: true } };
      const TemplateBody = body({ A: logGroup({ "Fn::Sub": `${StackName}-\${Secret}` }) }, { Parameters });
      await create({ StackName, TemplateBody, Parameters: [{ ParameterKey: "Secret", ParameterValue: "word" }] });
      expect(await on.settled(StackName)).toMatchObject({
        Parameters: [{ ParameterKey: "Secret", ParameterValue: "****" }],
      });
      expect(await on.physicalId(StackName, "A")).toBe(`${StackName}-word`);
      const { StackEvents = [] } = await on.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
      const properties = StackEvents.flatMap(({ ResourceProperties }) => ResourceProperties ?? []);
      expect(properties).toContain(JSON.stringify({ LogGroupName: `${StackName}-****` }));
      expect(properties.join()).not.toContain("word");
    });

    it("reads a template from S3, and says so when it cannot", async () => {
      const s3 = new S3Client({ ...on.target.clientConfig(), forcePathStyle: true });
      const Bucket = uniqueName("templates");
      const StackName = uniqueName();
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "a b.json", Body: body({ A: logGroup(StackName) }) }));
      await create({ StackName, TemplateURL: `https://${Bucket}.s3.us-east-1.amazonaws.com/a%20b.json` });
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
      await expect(create({ TemplateURL: `${on.target.endpoint}/${Bucket}/none.json` })).rejects.toMatchObject({
        name: "ValidationError",
        message: expect.stringMatching(/^S3 error: The specified key does not exist\.\nFor more information check /),
      });
      await expect(create({ TemplateURL: "https://example.com/a" })).rejects.toThrow(
        "TemplateURL must be a supported URL.",
      );
    });

    it("refuses a second stack of the name, but answers the same request token again", async () => {
      const StackName = uniqueName();
      const TemplateBody = body({ A: logGroup(StackName) });
      const first = await create({ StackName, TemplateBody, ClientRequestToken: "once" });
      const again = await create({ StackName, TemplateBody, ClientRequestToken: "once" });
      expect(again.StackId).toBe(first.StackId);
      await expect(create({ StackName, TemplateBody })).rejects.toMatchObject({
        name: "AlreadyExistsException",
        message: `Stack [${StackName}] already exists`,
      });
    });
  });
});
