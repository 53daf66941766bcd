import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { openTarget } from "../target.ts";
import { body, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const statusOf = async (client: CloudFormationClient, StackName: string) =>
  (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;

/** AWS's waiters look once and then sleep for 30 s. */
describe("the answer to a request for a stack", () => {
  const { cloudformation } = useCloudFormation();
  const template = (name: string, RetentionInDays: number) => body({ Group: logGroup(name, { RetentionInDays }) });

  it("comes when a small stack is created, updated and deleted", async () => {
    const StackName = uniqueName();
    const { StackId = "" } = await cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody: template(StackName, 1) }),
    );
    expect(await statusOf(cloudformation, StackName)).toBe("CREATE_COMPLETE");
    await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: template(StackName, 3) }));
    expect(await statusOf(cloudformation, StackName)).toBe("UPDATE_COMPLETE");
    await cloudformation.send(new DeleteStackCommand({ StackName }));
    expect(await statusOf(cloudformation, StackId)).toBe("DELETE_COMPLETE");
  });

  it.each([
    ["CREATE", "CREATE_COMPLETE"],
    ["UPDATE", "UPDATE_COMPLETE"],
  ] as const)("comes when a small change set of type %s is executed", async (ChangeSetType, status) => {
    const StackName = uniqueName();
    if (ChangeSetType === "UPDATE") {
      await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: template(StackName, 1) }));
    }
    const changes = { StackName, ChangeSetName: "changes" };
    const TemplateBody = template(StackName, 3);
    await cloudformation.send(new CreateChangeSetCommand({ ...changes, ChangeSetType, TemplateBody }));
    await cloudformation.send(new ExecuteChangeSetCommand(changes));
    expect(await statusOf(cloudformation, StackName)).toBe(status);
  });

  it("does not wait for a stack that takes longer", async () => {
    await using target = await openTarget({ manualClock: true });
    const client = new CloudFormationClient(target.clientConfig());
    const StackName = uniqueName();
    // a table is CREATING until time goes on, which here it does not
    const Table = {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
      },
    };
    await client.send(new CreateStackCommand({ StackName, TemplateBody: body({ Table }) }));
    expect(await statusOf(client, StackName)).toBe("CREATE_IN_PROGRESS");
    client.destroy();
  });
});
