import {
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { body, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();

async function created(TemplateBody: string, StackName = uniqueName()): Promise<string> {
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
  await on.settled(StackName);
  return StackName;
}

const changeSet = (StackName: string, input: Partial<CreateChangeSetCommandInput>, ChangeSetName = "changes") =>
  on.cloudformation.send(new CreateChangeSetCommand({ StackName, ChangeSetName, ...input }));
const described = (StackName: string, rest: { IncludePropertyValues?: boolean } = {}) =>
  on.cloudformation.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: "changes", ...rest }));
const execute = (StackName: string) =>
  on.cloudformation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: "changes" }));

describe("CreateChangeSet", () => {
  describe("validation", () => {
    it("of type CREATE wants a stack that does not exist, of type UPDATE one that does", async () => {
      const name = uniqueName();
      const TemplateBody = body({ A: logGroup(name) });
      await expect(changeSet(name, { TemplateBody })).rejects.toThrow(`Stack [${name}] does not exist`);
      await created(TemplateBody, name);
      await expect(changeSet(name, { TemplateBody, ChangeSetType: "CREATE" })).rejects.toThrow(
        `Stack [${name}] already exists and cannot be created again with the changeSet [changes].`,
      );
    });

    it("refuses a second change set of the name, and the type IMPORT", async () => {
      const name = uniqueName();
      await created(body({ A: logGroup(name) }), name);
      const TemplateBody = body({ A: logGroup(name, { RetentionInDays: 1 }) });
      await changeSet(name, { TemplateBody });
      await expect(changeSet(name, { TemplateBody })).rejects.toMatchObject({ name: "AlreadyExistsException" });
      await expect(changeSet(name, { TemplateBody, ChangeSetType: "IMPORT" }, "other")).rejects.toMatchObject({
        name: "NotImplemented",
      });
    });
  });

  describe("behaviour", () => {
    it("of type CREATE makes a stack in review, and executing it creates the resources", async () => {
      const name = uniqueName();
      const TemplateBody = body({ A: logGroup(name), B: logGroup({ "Fn::Sub": "${A}-b" }) });
      await changeSet(name, { TemplateBody, ChangeSetType: "CREATE", Tags: [{ Key: "a", Value: "b" }] });
      const { Stacks } = await on.cloudformation.send(new DescribeStacksCommand({ StackName: name }));
      expect(Stacks).toMatchObject([{ StackStatus: "REVIEW_IN_PROGRESS" }]);
      expect(await described(name)).toMatchObject({
        Status: "CREATE_COMPLETE",
        ExecutionStatus: "AVAILABLE",
        Tags: [{ Key: "a", Value: "b" }],
        Changes: [
          {
            Type: "Resource",
            ResourceChange: { Action: "Add", LogicalResourceId: "A", ResourceType: "AWS::Logs::LogGroup" },
          },
          { Type: "Resource", ResourceChange: { Action: "Add", LogicalResourceId: "B" } },
        ],
      });
      const { TemplateBody: text } = await on.cloudformation.send(
        new GetTemplateCommand({ StackName: name, ChangeSetName: "changes" }),
      );
      expect(text).toBe(TemplateBody);
      await execute(name);
      expect(await on.settled(name)).toMatchObject({
        StackStatus: "CREATE_COMPLETE",
        Tags: [{ Key: "a", Value: "b" }],
      });
      expect(await described(name)).toMatchObject({ ExecutionStatus: "EXECUTE_COMPLETE" });
      await expect(execute(name)).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
    });

    it("without changes fails with AWS's words, and cannot be executed", async () => {
      const name = uniqueName();
      const TemplateBody = body({ A: logGroup(name) });
      await created(TemplateBody, name);
      const { Id } = await changeSet(name, { TemplateBody });
      expect(await described(name)).toMatchObject({
        Status: "FAILED",
        StatusReason:
          "The submitted information didn't contain changes. Submit different information to create a change set.",
        ExecutionStatus: "UNAVAILABLE",
        Changes: [],
      });
      await expect(execute(name)).rejects.toMatchObject({
        name: "InvalidChangeSetStatusException",
        message: `ChangeSet [${Id}] cannot be executed in its current status of [FAILED]`,
      });
    });

    it("says that a replaced resource is kept when the submitted template adds that policy", async () => {
      const name = uniqueName();
      await created(body({ A: logGroup(`${name}/one`) }), name);
      const TemplateBody = body({ A: logGroup(`${name}/two`, {}, { UpdateReplacePolicy: "Retain" }) });
      await changeSet(name, { TemplateBody });
      const { Changes } = await described(name);
      expect(Changes).toMatchObject([{ ResourceChange: { Replacement: "True", PolicyAction: "ReplaceAndRetain" } }]);
    });

    it("says what is added, changed in place, replaced and removed, and why", async () => {
      const name = uniqueName();
      const Parameters = { Days: { Type: "Number", Default: 3 } };
      const before = {
        Changed: logGroup(`${name}/changed`, { RetentionInDays: { Ref: "Days" } }),
        Replaced: logGroup(`${name}/one`),
        Dependent: logGroup(`${name}/dependent`, { Tags: [{ Key: "of", Value: { Ref: "Replaced" } }] }),
        Same: logGroup(`${name}/same`),
        Removed: logGroup(`${name}/removed`, {}, { DeletionPolicy: "Retain" }),
      };
      await created(body(before, { Parameters }), name);
      const { Removed: _removed, ...rest } = before;
      const after = { ...rest, Replaced: logGroup(`${name}/two`), Added: logGroup(`${name}/added`) };
      await changeSet(name, {
        TemplateBody: body(after, { Parameters }),
        Parameters: [{ ParameterKey: "Days", ParameterValue: "7" }],
      });
      const { Changes = [] } = await described(name, { IncludePropertyValues: true });
      const changes = Object.fromEntries(
        Changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange]),
      );
      expect(Object.keys(changes).toSorted()).toEqual(["Added", "Changed", "Dependent", "Removed", "Replaced"]);
      expect(changes["Added"]).toMatchObject({ Action: "Add" });
      expect(changes["Removed"]).toMatchObject({
        Action: "Remove",
        PolicyAction: "Retain",
        PhysicalResourceId: `${name}/removed`,
      });
      expect(changes["Changed"]).toMatchObject({
        Action: "Modify",
        Replacement: "False",
        Scope: ["Properties"],
        Details: [
          {
            ChangeSource: "ParameterReference",
            CausingEntity: "Days",
            Evaluation: "Static",
            Target: {
              Attribute: "Properties",
              Name: "RetentionInDays",
              RequiresRecreation: "Never",
              BeforeValue: "3",
              AfterValue: "7",
            },
          },
          { ChangeSource: "DirectModification", Evaluation: "Dynamic" },
        ],
      });
      expect(changes["Replaced"]).toMatchObject({
        Action: "Modify",
        PolicyAction: "ReplaceAndDelete",
        Replacement: "True",
        Details: [
          {
            ChangeSource: "DirectModification",
            Evaluation: "Static",
            Target: { Name: "LogGroupName", RequiresRecreation: "Always" },
          },
        ],
      });
      expect(changes["Dependent"]).toMatchObject({
        Action: "Modify",
        Replacement: "False",
        Scope: ["Tags"],
        Details: [{ ChangeSource: "ResourceReference", CausingEntity: "Replaced", Evaluation: "Dynamic" }],
      });
      expect((await described(name)).Changes?.[0]?.ResourceChange).not.toHaveProperty("AfterContext");
      await execute(name);
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(await on.physicalId(name, "Replaced")).toBe(`${name}/two`);
    });

    it("becomes obsolete when the stack is updated past it", async () => {
      const name = uniqueName();
      await created(body({ A: logGroup(name) }), name);
      await changeSet(name, { TemplateBody: body({ A: logGroup(name, { RetentionInDays: 1 }) }) });
      await on.cloudformation.send(
        new UpdateStackCommand({ StackName: name, TemplateBody: body({ A: logGroup(name, { RetentionInDays: 3 }) }) }),
      );
      await on.settled(name);
      expect(await described(name)).toMatchObject({ ExecutionStatus: "OBSOLETE" });
      await expect(execute(name)).rejects.toThrow("cannot be executed in its current status of [OBSOLETE]");
    });
  });
});

describe("DeleteChangeSet", () => {
  it("removes it from the list; deleting it again is no error", async () => {
    const name = uniqueName();
    await created(body({ A: logGroup(name) }), name);
    await changeSet(name, { TemplateBody: body({ A: logGroup(name, { RetentionInDays: 1 }) }) });
    const list = async () =>
      (await on.cloudformation.send(new ListChangeSetsCommand({ StackName: name }))).Summaries?.map(
        ({ ChangeSetName }) => ChangeSetName,
      );
    expect(await list()).toEqual(["changes"]);
    const deletion = new DeleteChangeSetCommand({ StackName: name, ChangeSetName: "changes" });
    await on.cloudformation.send(deletion);
    await on.cloudformation.send(deletion);
    expect(await list()).toEqual([]);
    await expect(described(name)).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
      message: "ChangeSet [changes] does not exist",
    });
  });
});
