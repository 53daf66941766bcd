import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { useClient } from "../target.ts";
import { body, impossibleTable, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const s3 = useClient(new S3Client({ ...on.target.clientConfig(), forcePathStyle: true }));
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

const Bucket = "nested-templates";

beforeAll(() => s3.send(new CreateBucketCommand({ Bucket })));

const Capabilities = ["CAPABILITY_IAM" as const];

async function upload(Key: string, Body: string): Promise<string> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return `https://${Bucket}.s3.us-east-1.amazonaws.com/${Key}`;
}

const child = (rest: object = {}) =>
  body(
    { Group: logGroup({ Ref: "Name" }), ...rest },
    { Parameters: { Name: { Type: "String" } }, Outputs: { GroupName: { Value: { Ref: "Group" } } } },
  );

const parent = (TemplateURL: string, Name: string) =>
  body(
    { Child: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL, Parameters: { Name } } } },
    { Outputs: { FromChild: { Value: { "Fn::GetAtt": ["Child", "Outputs.GroupName"] } } } },
  );

const hasGroup = async (name: string) =>
  (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))).logGroups?.length === 1;

describe("a nested stack", () => {
  it("is created, updated and deleted with its parent, which reads its outputs", async () => {
    const StackName = uniqueName();
    const [first, second] = [uniqueName("nested-group"), uniqueName("nested-group")];
    const url = await upload("child.json", child());
    await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: parent(url, first), Capabilities }));
    const made = await on.settled(StackName);
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    expect(made.Outputs?.[0]?.OutputValue).toBe(first);
    const childId = await on.physicalId(StackName, "Child");
    const { Stacks } = await on.cloudformation.send(new DescribeStacksCommand({ StackName: childId }));
    expect(Stacks?.[0]?.StackName).toMatch(new RegExp(`^${StackName}-Child-[A-Z0-9]{12}$`));

    await on.cloudformation.send(
      new UpdateStackCommand({ StackName, TemplateBody: parent(url, second), Capabilities }),
    );
    expect((await on.settled(StackName)).Outputs?.[0]?.OutputValue).toBe(second);
    expect([await hasGroup(first), await hasGroup(second)]).toEqual([false, true]);

    await on.cloudformation.send(new DeleteStackCommand({ StackName }));
    expect((await on.settled(made.StackId ?? "")).StackStatus).toBe("DELETE_COMPLETE");
    expect((await on.settled(childId)).StackStatus).toBe("DELETE_COMPLETE");
    expect(await hasGroup(second)).toBe(false);
  });

  it("that fails, fails its parent with its reason, and leaves nothing", async () => {
    const StackName = uniqueName();
    const group = uniqueName("nested-group");
    const url = await upload("broken.json", child({ Table: impossibleTable(["Group"]) }));
    await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: parent(url, group), Capabilities }));
    expect((await on.settled(StackName)).StackStatus).toBe("ROLLBACK_COMPLETE");
    expect((await on.reasons(StackName, "Child")).join()).toMatch(
      /Embedded stack arn:\S+ was not successfully created: The following resource\(s\) failed to create: \[Table\]/,
    );
    expect(await hasGroup(group)).toBe(false);
  });
});
