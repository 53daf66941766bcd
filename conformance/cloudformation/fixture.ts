import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  type Stack,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { eventually, useClient, useTarget } from "../target.ts";

export function useCloudFormation() {
  const target = useTarget();
  const cloudformation = useClient(new CloudFormationClient(target.clientConfig()));
  const shared = helpers(cloudformation);
  return {
    target,
    cloudformation,
    ...shared,
    /** Makes a stack and waits until it comes to rest. */
    create: async (StackName: string, resources: object, Outputs: object = {}): Promise<Stack> => {
      await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: body(resources, { Outputs }) }));
      return shared.settled(StackName);
    },
    update: async (StackName: string, resources: object): Promise<Stack> => {
      await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: body(resources) }));
      return shared.settled(StackName);
    },
  };
}

export function helpers(cloudformation: CloudFormationClient) {
  const allEvents = async (StackName: string) => {
    const events = [];
    for await (const page of paginateDescribeStackEvents({ client: cloudformation }, { StackName })) {
      events.push(...(page.StackEvents ?? []));
    }
    return events.toReversed();
  };
  return {
    /** Waits until nothing is being done to the stack any more. */
    settled: (StackName: string): Promise<Stack> =>
      eventually(`the stack ${StackName} to come to rest`, async () => {
        const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
        const stack = Stacks?.[0];
        return stack?.StackStatus?.endsWith("_IN_PROGRESS") ? undefined : stack;
      }),
    /** Waits until the stack, which may not be there yet, is in such a status. */
    inStatus: (StackName: string, status: RegExp): Promise<Stack> =>
      eventually(`the stack ${StackName} to be ${status.source}`, async () => {
        const answer = await cloudformation.send(new DescribeStacksCommand({ StackName })).catch(noStack);
        const stack = answer?.Stacks?.[0];
        return status.test(stack?.StackStatus ?? "") ? stack : undefined;
      }),
    /** `LogicalId STATUS` of every event, the oldest first. */
    events: async (stack: string) =>
      (await allEvents(stack)).map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`),
    /** The reasons that the events of one resource give. */
    reasons: async (stack: string, logicalId: string) =>
      (await allEvents(stack))
        .filter(({ LogicalResourceId }) => LogicalResourceId === logicalId)
        .flatMap(({ ResourceStatusReason }) => ResourceStatusReason ?? []),
    physicalId: async (StackName: string, LogicalResourceId: string) => {
      const answer = await cloudformation.send(new DescribeStackResourcesCommand({ StackName, LogicalResourceId }));
      return answer.StackResources?.[0]?.PhysicalResourceId ?? "";
    },
  };
}

const noStack = (error: Error): undefined => {
  if (!error.message.includes("does not exist")) throw error;
};

let count = 0;
export const uniqueName = (prefix = "stack"): string => `${prefix}-${process.pid}-${count++}`;

export const logGroup = (name: string | object, rest: object = {}, attributes: object = {}) => ({
  Type: "AWS::Logs::LogGroup",
  ...attributes,
  Properties: { LogGroupName: name, ...rest },
});

export const body = (Resources: object, rest: object = {}): string => JSON.stringify({ Resources, ...rest });

/** A table whose creation is refused by DynamoDB, once it is tried: an attribute is defined that no key uses. */
export const impossibleTable = (dependsOn: string[] = []) => ({
  Type: "AWS::DynamoDB::Table",
  DependsOn: dependsOn,
  Properties: {
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
    AttributeDefinitions: [
      { AttributeName: "k", AttributeType: "S" },
      { AttributeName: "unused", AttributeType: "S" },
    ],
  },
});
