import type { Stack } from "@aws-sdk/client-cloudformation";
import { PlainFailure } from "./engine/failure.ts";
import { integer, map, readOnly, refused, replaces, required, tags, text, type Values } from "./properties.ts";
import { defineProvider, type ProviderContext } from "./provider.ts";

const properties = {
  TemplateURL: required(text({ min: 1 })),
  Parameters: map(text()),
  Tags: tags(),
  TimeoutInMinutes: integer({ min: 1 }),
  NotificationARNs: refused([]),
  Capabilities: readOnly(),
  CreationTime: readOnly(),
  Description: readOnly(),
  DisableRollback: readOnly(),
  EnableTerminationProtection: readOnly(),
  LastUpdateTime: readOnly(),
  Outputs: readOnly(),
  ParentId: readOnly(),
  RoleARN: readOnly(),
  RootId: readOnly(),
  StackId: readOnly(),
  StackName: replaces(readOnly()),
  StackPolicyBody: readOnly(),
  StackPolicyURL: readOnly(),
  StackStatus: readOnly(),
  StackStatusReason: readOnly(),
  ChangeSetId: readOnly(),
  TemplateBody: readOnly(),
} as const;

type NestedValues = Values<typeof properties>;

/** A nested stack may do what its parent may: whoever made the parent has acknowledged it. */
const CAPABILITIES = ["CAPABILITY_NAMED_IAM" as const];

const inputOf = ({ TemplateURL, Parameters = {}, Tags = [] }: NestedValues) => ({
  TemplateURL,
  Parameters: Object.entries(Parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  Tags,
  Capabilities: CAPABILITIES,
});

async function describe(ctx: ProviderContext, stackId: string): Promise<Stack | undefined> {
  const { Stacks } = await ctx.call("cloudformation", "DescribeStacks", { StackName: stackId });
  return Stacks?.[0];
}

/** Waits until nothing is being done to the stack, however long its resources take. */
async function settled(ctx: ProviderContext, stackId: string): Promise<Stack | undefined> {
  let stack: Stack | undefined;
  await ctx.waitUntil(
    `the nested stack ${stackId}`,
    async () => {
      stack = await describe(ctx, stackId);
      return !stack?.StackStatus?.endsWith("_IN_PROGRESS");
    },
    Infinity,
  );
  return stack;
}

/** Why a nested stack failed stands in its own events. */
async function failure(ctx: ProviderContext, stackId: string, what: string): Promise<PlainFailure> {
  const { StackEvents = [] } = await ctx.call("cloudformation", "DescribeStackEvents", { StackName: stackId });
  const first = StackEvents.toReversed().find(
    ({ ResourceStatus, PhysicalResourceId }) => ResourceStatus?.includes("ROLLBACK") && PhysicalResourceId === stackId,
  );
  return new PlainFailure(
    `Embedded stack ${stackId} was not successfully ${what}: ${first?.ResourceStatusReason ?? ""}`,
  );
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html */
export const nestedStack = defineProvider({
  type: "AWS::CloudFormation::Stack",
  properties,
  attributes: [],
  anyAttribute: true,
  name: { maxLength: 128 },
  iam: {},

  async find(ctx, _properties, name) {
    const { Stacks = [] } = await ctx
      .call("cloudformation", "DescribeStacks", { StackName: name })
      .catch((): { Stacks?: Stack[] } => ({}));
    return Stacks[0]?.StackId;
  },

  async create(ctx, given, name) {
    const { StackId: stackId = "" } = await ctx.call("cloudformation", "CreateStack", {
      StackName: name,
      ...inputOf(given),
      ...(given.TimeoutInMinutes !== undefined && { TimeoutInMinutes: given.TimeoutInMinutes }),
    });
    ctx.created(stackId);
    const stack = await settled(ctx, stackId);
    if (stack?.StackStatus !== "CREATE_COMPLETE") throw await failure(ctx, stackId, "created");
    return stackId;
  },

  async update(ctx, stackId, _before, after) {
    try {
      await ctx.call("cloudformation", "UpdateStack", { StackName: stackId, ...inputOf(after) });
    } catch (error) {
      if (error instanceof Error && error.message === "No updates are to be performed.") return;
      throw error;
    }
    const stack = await settled(ctx, stackId);
    if (stack?.StackStatus !== "UPDATE_COMPLETE") throw await failure(ctx, stackId, "updated");
  },

  async remove(ctx, stackId) {
    await ctx.call("cloudformation", "DeleteStack", { StackName: stackId });
    const stack = await settled(ctx, stackId);
    if (stack?.StackStatus !== "DELETE_COMPLETE") throw await failure(ctx, stackId, "deleted");
  },

  async read(ctx, stackId) {
    const stack = await describe(ctx, stackId);
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [`Outputs.${OutputKey}`, OutputValue]),
    );
  },
});
