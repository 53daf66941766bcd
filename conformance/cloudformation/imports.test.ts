import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { useClient } from "../target.ts";
import { body, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

const importing = (name: string) => body({ A: logGroup(`${name}/a`), B: logGroup({ "Fn::ImportValue": "nobodys" }) });
const groupsOf = async (name: string) => {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.map(({ logGroupName }) => logGroupName);
};

/** The stack's own states, the oldest first. */
const states = async (name: string) =>
  (await on.events(name)).filter((event) => event.startsWith(`${name} `)).map((event) => event.split(" ")[1]);

describe("an import of what nobody exports", () => {
  it("rolls a new stack back before it has any resources", async () => {
    const StackName = uniqueName();
    await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: importing(StackName) }));
    await on.settled(StackName);
    expect(await on.events(StackName)).toEqual([
      `${StackName} CREATE_IN_PROGRESS`,
      `${StackName} ROLLBACK_IN_PROGRESS`,
      `${StackName} ROLLBACK_COMPLETE`,
    ]);
    expect(await on.reasons(StackName, StackName)).toContain(
      "No export named nobodys found. Rollback requested by user.",
    );
    expect(await groupsOf(StackName)).toEqual([]);
  });

  it("rolls an update back, and leaves the resources as they are", async () => {
    const StackName = uniqueName();
    const TemplateBody = body({ A: logGroup(`${StackName}/before`) });
    await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
    await on.settled(StackName);
    await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: importing(StackName) }));
    expect(await on.settled(StackName)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect((await states(StackName)).slice(2, 4)).toEqual(["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]);
    expect(await on.reasons(StackName, StackName)).toContain("No export named nobodys found.");
    expect(await groupsOf(StackName)).toEqual([`${StackName}/before`]);
  });

  it.each(["CREATE", "UPDATE"] as const)("makes a change set of type %s FAILED", async (ChangeSetType) => {
    const StackName = uniqueName();
    if (ChangeSetType === "UPDATE") {
      const TemplateBody = body({ A: logGroup(`${StackName}/before`) });
      await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
      await on.settled(StackName);
    }
    const which = { StackName, ChangeSetName: "importing" };
    await on.cloudformation.send(
      new CreateChangeSetCommand({ ...which, ChangeSetType, TemplateBody: importing(StackName) }),
    );
    expect(await on.cloudformation.send(new DescribeChangeSetCommand(which))).toMatchObject({
      Status: "FAILED",
      StatusReason: "No export named nobodys found.",
      ExecutionStatus: "UNAVAILABLE",
    });
    await expect(on.cloudformation.send(new ExecuteChangeSetCommand(which))).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
    });
  });
});
