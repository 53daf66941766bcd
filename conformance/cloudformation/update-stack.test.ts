import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  GetTemplateCommand,
  RollbackStackCommand,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  DeleteLogGroupCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { useClient } from "../target.ts";
import { body, impossibleTable, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

async function created(TemplateBody: string, StackName = uniqueName()): Promise<string> {
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
  expect(await on.settled(StackName)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  return StackName;
}

const update = (StackName: string, TemplateBody: string, rest: Partial<UpdateStackCommandInput> = {}) =>
  on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody, ...rest }));

async function groups(prefix: string) {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }));
  return Object.fromEntries(logGroups.map(({ logGroupName = "", retentionInDays }) => [logGroupName, retentionInDays]));
}

describe("UpdateStack", () => {
  describe("validation", () => {
    it("refuses an update that changes nothing", async () => {
      const name = uniqueName();
      const template = body({ A: logGroup(name, { RetentionInDays: 7 }) });
      await created(template, name);
      await expect(update(name, template)).rejects.toMatchObject({
        name: "ValidationError",
        message: "No updates are to be performed.",
      });
      await expect(update(name, body({ A: logGroup(name, { RetentionInDays: "7" }) }))).rejects.toThrow("No updates");
    });

    it("refuses a stack that is not there, and one that was rolled back", async () => {
      await expect(update("none", body({ A: logGroup("a") }))).rejects.toThrow("Stack [none] does not exist");
      const StackName = uniqueName();
      await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: body({ T: impossibleTable() }) }));
      const { StackId } = await on.settled(StackName);
      await expect(update(StackName, body({ A: logGroup("a") }))).rejects.toThrow(
        `Stack:${StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
      );
    });

    it("refuses another type for a resource", async () => {
      const name = uniqueName();
      await created(body({ A: logGroup(name) }), name);
      await expect(update(name, body({ A: { Type: "AWS::S3::Bucket" } }))).rejects.toThrow(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]",
      );
    });
  });

  describe("behaviour", () => {
    it("changes in place, adds and removes, and removes last", async () => {
      const name = uniqueName();
      await created(body({ Same: logGroup(`${name}/same`), Gone: logGroup(`${name}/gone`) }), name);
      await update(
        name,
        body({ Same: logGroup(`${name}/same`, { RetentionInDays: 7 }), New: logGroup(`${name}/new`) }),
      );
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(await groups(name)).toEqual({ [`${name}/same`]: 7, [`${name}/new`]: undefined });
      const events = await on.events(name);
      expect(events.slice(-4)).toEqual([
        `${name} UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`,
        "Gone DELETE_IN_PROGRESS",
        "Gone DELETE_COMPLETE",
        `${name} UPDATE_COMPLETE`,
      ]);
      expect(events).toEqual(expect.arrayContaining(["Same UPDATE_COMPLETE", "New CREATE_COMPLETE"]));
    });

    it("replaces what cannot be changed: the new first, then those that refer to it, the old last", async () => {
      const name = uniqueName();
      const template = (suffix: string) =>
        body({
          A: logGroup(`${name}/${suffix}`),
          B: logGroup(`${name}/b`, { Tags: [{ Key: "a", Value: { Ref: "A" } }] }),
        });
      await created(template("one"), name);
      await update(name, template("two"));
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(Object.keys(await groups(name))).toEqual([`${name}/b`, `${name}/two`]);
      const events = (await on.events(name)).slice(-9);
      expect(events).toEqual([
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_COMPLETE",
        "B UPDATE_IN_PROGRESS",
        "B UPDATE_COMPLETE",
        `${name} UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`,
        "A DELETE_IN_PROGRESS",
        "A DELETE_COMPLETE",
        `${name} UPDATE_COMPLETE`,
      ]);
      expect(await on.physicalId(name, "A")).toBe(`${name}/two`);
    });

    it("goes back to what was when a resource fails: changed, replaced and new ones", async () => {
      const name = uniqueName();
      const before = body({
        Changed: logGroup(`${name}/changed`, { RetentionInDays: 3 }),
        Replaced: logGroup(`${name}/old`, { RetentionInDays: 5 }),
        Gone: logGroup(`${name}/gone`),
      });
      await created(before, name);
      await update(
        name,
        body({
          Changed: logGroup(`${name}/changed`, { RetentionInDays: 7 }),
          Replaced: logGroup(`${name}/new`),
          Added: logGroup(`${name}/added`),
          Table: impossibleTable(["Changed", "Replaced", "Added"]),
        }),
      );
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
      expect(await groups(name)).toEqual({ [`${name}/changed`]: 3, [`${name}/old`]: 5, [`${name}/gone`]: undefined });
      expect(await on.physicalId(name, "Replaced")).toBe(`${name}/old`);
      const { TemplateBody } = await on.cloudformation.send(new GetTemplateCommand({ StackName: name }));
      expect(TemplateBody).toBe(before);
      expect(await on.reasons(name, name)).toContain("The following resource(s) failed to create: [Table].");
      const states = (await on.events(name))
        .filter((event) => event.startsWith(name))
        .map((event) => event.split(" ")[1]);
      expect(states.slice(-4)).toEqual([
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
      ]);
    });

    it("with DisableRollback stays where it failed; a second update or a rollback goes on from there", async () => {
      const name = uniqueName();
      const first = body({ A: logGroup(`${name}/a`, { RetentionInDays: 3 }) });
      const broken = body({ A: logGroup(`${name}/a`, { RetentionInDays: 7 }), T: impossibleTable(["A"]) });
      await created(first, name);
      await update(name, broken, { DisableRollback: true });
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_FAILED" });
      expect(await groups(name)).toEqual({ [`${name}/a`]: 7 });
      await on.cloudformation.send(new RollbackStackCommand({ StackName: name }));
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
      expect(await groups(name)).toEqual({ [`${name}/a`]: 3 });

      await update(name, broken, { DisableRollback: true });
      await on.settled(name);
      await update(name, body({ A: logGroup(`${name}/a`, { RetentionInDays: 14 }), B: logGroup(`${name}/b`) }));
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(await groups(name)).toEqual({ [`${name}/a`]: 14, [`${name}/b`]: undefined });
    });

    describe("after an update that failed and was left as it was", () => {
      const template = (name: string, group: string, days: number, fails: boolean) =>
        body({
          A: logGroup(`${name}/${group}`, { RetentionInDays: days }),
          ...(fails && { T: impossibleTable(["A"]) }),
        });
      const failed = async (name: string, group: string, days: number) => {
        await update(name, template(name, group, days, true), { DisableRollback: true });
        expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_FAILED" });
      };
      let name: string;
      beforeEach(async () => {
        name = uniqueName();
        await created(template(name, "one", 3, false), name);
      });

      it("sets back in place what the failed one had changed", async () => {
        await failed(name, "one", 7);
        await update(name, template(name, "one", 3, false));
        expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
        expect(await groups(name)).toEqual({ [`${name}/one`]: 3 });
      });

      it("takes the old resource back that the failed one had replaced", async () => {
        await failed(name, "two", 7);
        await update(name, template(name, "one", 5, false));
        expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
        expect(await groups(name)).toEqual({ [`${name}/one`]: 5 });
      });

      it("removes every older resource when it has replaced it once more", async () => {
        await failed(name, "two", 7);
        await update(name, template(name, "three", 5, false));
        expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
        expect(await groups(name)).toEqual({ [`${name}/three`]: 5 });
      });

      it("rolls back to the first state over two failures, changed in place and then replaced", async () => {
        await failed(name, "one", 7);
        await failed(name, "two", 7);
        await failed(name, "three", 7);
        await on.cloudformation.send(new RollbackStackCommand({ StackName: name }));
        expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
        expect(await groups(name)).toEqual({ [`${name}/one`]: 3 });
      });

      it("a deletion removes old and new", async () => {
        await failed(name, "two", 7);
        const { StackId = "" } = await on.settled(name);
        await on.cloudformation.send(new DeleteStackCommand({ StackName: name }));
        expect(await on.settled(StackId)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
        expect(await groups(name)).toEqual({});
      });
    });

    it("keeps the old resource of a replacement, and a removed one, where the policies say so", async () => {
      const name = uniqueName();
      const policies = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };
      await created(body({ A: logGroup(`${name}/one`, {}, policies), B: logGroup(`${name}/b`, {}, policies) }), name);
      await update(name, body({ A: logGroup(`${name}/two`, {}, policies) }));
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(Object.keys(await groups(name))).toEqual([`${name}/b`, `${name}/one`, `${name}/two`]);
      expect((await on.events(name)).slice(-3)).toEqual(
        expect.arrayContaining(["A DELETE_SKIPPED", "B DELETE_SKIPPED", `${name} UPDATE_COMPLETE`]),
      );
    });

    it.each([
      ["keeps", "Delete", "Retain", ["one", "two"], "DELETE_SKIPPED"],
      ["removes", "Retain", "Delete", ["two"], "DELETE_COMPLETE"],
    ])("%s what it replaces when the policy was %s and is %s now", async (_does, before, after, left, outcome) => {
      const name = uniqueName();
      await created(body({ A: logGroup(`${name}/one`, {}, { UpdateReplacePolicy: before }) }), name);
      await update(name, body({ A: logGroup(`${name}/two`, {}, { UpdateReplacePolicy: after }) }));
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      expect(Object.keys(await groups(name))).toEqual(left.map((each) => `${name}/${each}`));
      expect((await on.events(name)).at(-2)).toBe(`A ${outcome}`);
    });

    it("hands new stack tags down to the resources, whose own tags win", async () => {
      const name = uniqueName();
      const template = body({ A: logGroup(name, { Tags: [{ Key: "own", Value: "1" }] }) });
      await created(template, name);
      const Tags = [
        { Key: "team", Value: "rivers" },
        { Key: "own", Value: "2" },
      ];
      await update(name, template, { Tags });
      expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
      const resourceArn = `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
      const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }));
      expect(tags).toMatchObject({ own: "1", team: "rivers" });
    });

    it("keeps the previous template and parameter values when told so", async () => {
      const StackName = uniqueName();
      const Parameters = { Name: { Type: "String" }, Days: { Type: "Number" } };
      const TemplateBody = body({ A: logGroup({ Ref: "Name" }, { RetentionInDays: { Ref: "Days" } }) }, { Parameters });
      await on.cloudformation.send(
        new CreateStackCommand({
          StackName,
          TemplateBody,
          Parameters: [
            { ParameterKey: "Name", ParameterValue: StackName },
            { ParameterKey: "Days", ParameterValue: "3" },
          ],
        }),
      );
      await on.settled(StackName);
      await on.cloudformation.send(
        new UpdateStackCommand({
          StackName,
          UsePreviousTemplate: true,
          Parameters: [
            { ParameterKey: "Name", UsePreviousValue: true },
            { ParameterKey: "Days", ParameterValue: "5" },
          ],
        }),
      );
      await on.settled(StackName);
      expect(await groups(StackName)).toEqual({ [StackName]: 5 });
    });

    it("takes a change of the outputs alone", async () => {
      const name = uniqueName();
      await created(body({ A: logGroup(name) }), name);
      await update(name, body({ A: logGroup(name) }, { Outputs: { A: { Value: { Ref: "A" } } } }));
      expect(await on.settled(name)).toMatchObject({
        StackStatus: "UPDATE_COMPLETE",
        Outputs: [{ OutputKey: "A", OutputValue: name }],
      });
    });

    it("refuses to replace a resource that keeps its given name", async () => {
      const StackName = uniqueName();
      const table = (keyType: string) =>
        body({
          T: {
            Type: "AWS::DynamoDB::Table",
            Properties: {
              TableName: StackName,
              BillingMode: "PAY_PER_REQUEST",
              KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
              AttributeDefinitions: [{ AttributeName: "k", AttributeType: keyType }],
            },
          },
        });
      await created(table("S"), StackName);
      await update(StackName, table("N"));
      expect(await on.settled(StackName)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
      expect((await on.reasons(StackName, "T")).at(-1)).toBe(
        `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${StackName} and update the stack again.`,
      );
    });
  });
});

describe("CancelUpdateStack", () => {
  it("is refused while nothing is being updated", async () => {
    const name = uniqueName();
    await created(body({ A: logGroup(name) }), name);
    await expect(on.cloudformation.send(new CancelUpdateStackCommand({ StackName: name }))).rejects.toThrow(
      "CancelUpdateStack cannot be called from current stack status",
    );
  });

  it("ends an update in its middle and takes back what it did", async () => {
    const name = uniqueName();
    const first = { First: logGroup(`${name}/first`, { RetentionInDays: 3 }) };
    await created(body(first), name);
    // one after the other, so that the update is far from done when it is cancelled
    const chain = Object.fromEntries(
      Array.from({ length: 400 }, (_each, index) => [
        `G${index}`,
        logGroup(`${name}/${index}`, {}, { DependsOn: index === 0 ? "First" : `G${index - 1}` }),
      ]),
    );
    const updating = update(name, body({ First: logGroup(`${name}/first`, { RetentionInDays: 7 }), ...chain }));
    await on.inStatus(name, /^UPDATE_IN_PROGRESS/);
    await on.cloudformation.send(new CancelUpdateStackCommand({ StackName: name }));
    expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    await updating;
    expect(await groups(name)).toEqual({ [`${name}/first`]: 3 });
  });
});

describe("ContinueUpdateRollback", () => {
  it("goes on with a rollback that failed, without the resources that cannot be rolled back", async () => {
    const name = uniqueName();
    const resources = (days: number) => ({
      A: logGroup(`${name}/a`, { RetentionInDays: days }),
      B: logGroup(`${name}/b`, { RetentionInDays: days }),
    });
    await created(body(resources(3)), name);
    await update(name, body({ ...resources(7), T: impossibleTable(["A", "B"]) }), { DisableRollback: true });
    expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_FAILED" });
    await logs.send(new DeleteLogGroupCommand({ logGroupName: `${name}/a` }));
    await on.cloudformation.send(new RollbackStackCommand({ StackName: name }));
    expect(await on.settled(name)).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_FAILED",
      StackStatusReason: "The following resource(s) failed to update: [A].",
    });
    const again = (ResourcesToSkip: string[]) =>
      on.cloudformation.send(new ContinueUpdateRollbackCommand({ StackName: name, ResourcesToSkip }));
    await expect(again(["B"])).rejects.toThrow("Resources [B] cannot be skipped");
    await again(["A"]);
    expect(await on.settled(name)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect(await groups(name)).toEqual({ [`${name}/b`]: 3 });
  });
});
