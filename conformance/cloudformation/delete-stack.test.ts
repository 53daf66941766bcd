import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { useClient } from "../target.ts";
import { body, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

async function created(TemplateBody: string, StackName = uniqueName(), rest: Partial<CreateStackCommandInput> = {}) {
  const { StackId = "" } = await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, ...rest }));
  expect(await on.settled(StackName)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  return { name: StackName, id: StackId };
}

async function deleted(nameOrId: string, id: string, RetainResources?: string[]) {
  await on.cloudformation.send(new DeleteStackCommand({ StackName: nameOrId, RetainResources }));
  return on.settled(id);
}

const groups = async (prefix: string) =>
  (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }))).logGroups?.map(
    ({ logGroupName }) => logGroupName,
  );

describe("DeleteStack", () => {
  it("removes the resources against the order of their creation, and the stack is then found by its id only", async () => {
    const name = uniqueName();
    const { id } = await created(body({ A: logGroup(name), B: logGroup({ "Fn::Sub": "${A}-b" }) }), name);
    expect(await deleted(name, id)).toMatchObject({ StackStatus: "DELETE_COMPLETE", StackId: id });
    expect(await groups(name)).toEqual([]);
    expect((await on.events(id)).slice(-6)).toEqual([
      `${name} DELETE_IN_PROGRESS`,
      "B DELETE_IN_PROGRESS",
      "B DELETE_COMPLETE",
      "A DELETE_IN_PROGRESS",
      "A DELETE_COMPLETE",
      `${name} DELETE_COMPLETE`,
    ]);
    await expect(on.cloudformation.send(new DescribeStacksCommand({ StackName: name }))).rejects.toMatchObject({
      name: "ValidationError",
      message: `Stack with id ${name} does not exist`,
    });
    const { StackSummaries = [] } = await on.cloudformation.send(
      new ListStacksCommand({ StackStatusFilter: ["DELETE_COMPLETE"] }),
    );
    expect(StackSummaries.map(({ StackId }) => StackId)).toContain(id);
  });

  it("of a stack that is being created ends its creation", async () => {
    const StackName = uniqueName();
    const resources = Object.fromEntries(
      Array.from({ length: 400 }, (_each, index) => [
        `G${index}`,
        logGroup(`${StackName}/${index}`, {}, index === 0 ? {} : { DependsOn: `G${index - 1}` }),
      ]),
    );
    const creation = on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: body(resources) }));
    const { StackId = "" } = await on.inStatus(StackName, /^CREATE_IN_PROGRESS$/);
    expect(await deleted(StackName, StackId)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    expect(await creation).toMatchObject({ StackId });
    expect(await groups(StackName)).toEqual([]);
    const events = (await on.events(StackId)).filter((event) => event.startsWith(StackName));
    expect(events).toEqual(
      ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"].map((status) => `${StackName} ${status}`),
    );
  });

  it("of a stack that does not exist is no error", async () => {
    await on.cloudformation.send(new DeleteStackCommand({ StackName: "none" }));
  });

  it("leaves what is to be retained", async () => {
    const name = uniqueName();
    const { id } = await created(
      body({
        Kept: logGroup(`${name}/kept`, {}, { DeletionPolicy: "Retain" }),
        Too: logGroup(`${name}/too`, {}, { DeletionPolicy: "RetainExceptOnCreate" }),
        Gone: logGroup(`${name}/gone`),
      }),
      name,
    );
    expect(await deleted(name, id)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    expect(await groups(name)).toEqual([`${name}/kept`, `${name}/too`]);
  });

  it("is refused while termination protection is on", async () => {
    const name = uniqueName();
    const { id } = await created(body({ A: logGroup(name) }), name, { EnableTerminationProtection: true });
    await expect(deleted(name, id)).rejects.toThrow(
      `Stack [${name}] cannot be deleted while TerminationProtection is enabled`,
    );
    await on.cloudformation.send(
      new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }),
    );
    expect(await deleted(name, id)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  it("fails at a bucket that is not empty; a second try goes on, or leaves the bucket", async () => {
    const s3 = new S3Client({ ...on.target.clientConfig(), forcePathStyle: true });
    const name = uniqueName();
    const { id } = await created(body({ Bucket: { Type: "AWS::S3::Bucket" }, Group: logGroup(name) }), name);
    const Bucket = await on.physicalId(name, "Bucket");
    await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
    await expect(deleted(name, id, ["Bucket"])).rejects.toThrow("only when the stack is in the DELETE_FAILED state");
    expect(await deleted(name, id)).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: expect.stringContaining("The following resource(s) failed to delete: [Bucket]."),
    });
    expect((await on.reasons(name, "Bucket")).at(-1)).toContain("The bucket you tried to delete is not empty");
    expect(await groups(name)).toEqual([]);
    expect(await deleted(name, id, ["Bucket"])).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  });

  it("lists and describes the resources of a stack, also by their physical id", async () => {
    const name = uniqueName();
    await created(body({ A: logGroup(name, {}, { Metadata: { note: "x" } }) }), name);
    const listed = await on.cloudformation.send(new ListStackResourcesCommand({ StackName: name }));
    expect(listed.StackResourceSummaries).toMatchObject([
      {
        LogicalResourceId: "A",
        PhysicalResourceId: name,
        ResourceType: "AWS::Logs::LogGroup",
        ResourceStatus: "CREATE_COMPLETE",
      },
    ]);
    const byPhysicalId = await on.cloudformation.send(new DescribeStackResourcesCommand({ PhysicalResourceId: name }));
    expect(byPhysicalId.StackResources).toMatchObject([{ StackName: name, LogicalResourceId: "A" }]);
  });
});

describe("exports", () => {
  const exporting = (name: string, value: string) =>
    body(
      { A: logGroup(name) },
      { Outputs: { O: { Value: value, Export: { Name: { "Fn::Sub": "${AWS::StackName}-out" } } } } },
    );

  it("are imported by other stacks, and cannot be changed or removed while they are", async () => {
    const name = uniqueName();
    const importer = uniqueName("importer");
    const exporter = await created(exporting(name, "one"), name);
    const { Exports } = await on.cloudformation.send(new ListExportsCommand({}));
    expect(Exports).toContainEqual({ ExportingStackId: exporter.id, Name: `${name}-out`, Value: "one" });
    const importing = await created(
      body({ B: logGroup({ "Fn::Join": ["-", [importer, { "Fn::ImportValue": `${name}-out` }]] }) }),
      importer,
    );
    expect(await on.physicalId(importer, "B")).toBe(`${importer}-one`);
    const { Imports } = await on.cloudformation.send(new ListImportsCommand({ ExportName: `${name}-out` }));
    expect(Imports).toEqual([importer]);

    expect(await deleted(name, exporter.id)).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: `Delete canceled. Cannot delete export ${name}-out as it is in use by ${importer}.`,
    });
    expect(await groups(name)).toEqual([name]);
    expect(await deleted(importer, importing.id)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    await expect(on.cloudformation.send(new ListImportsCommand({ ExportName: `${name}-out` }))).rejects.toThrow(
      `Export '${name}-out' is not imported by any stack.`,
    );
    expect(await deleted(name, exporter.id)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  it("roll an update back that would change one in use", async () => {
    const name = uniqueName();
    await created(exporting(name, "one"), name);
    await created(body({ B: logGroup({ "Fn::Sub": [`${name}/\${x}`, { x: { "Fn::ImportValue": `${name}-out` } }] }) }));
    await on.cloudformation.send(new UpdateStackCommand({ StackName: name, TemplateBody: exporting(name, "two") }));
    expect(await on.settled(name)).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_COMPLETE",
      Outputs: [{ OutputValue: "one" }],
    });
    expect((await on.reasons(name, name)).join("\n")).toContain(
      `Export ${name}-out cannot be updated as it is in use by`,
    );
  });

  it("are unique in the region", async () => {
    const name = uniqueName();
    await created(exporting(name, "one"), name);
    const second = uniqueName();
    const TemplateBody = body(
      { A: logGroup(second) },
      { Outputs: { O: { Value: "x", Export: { Name: `${name}-out` } } } },
    );
    await on.cloudformation.send(new CreateStackCommand({ StackName: second, TemplateBody }));
    expect(await on.settled(second)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
    expect((await on.reasons(second, second)).join("\n")).toContain(
      `Export with name ${name}-out is already exported by stack ${name}.`,
    );
  });
});
