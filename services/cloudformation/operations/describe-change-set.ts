import type { ResourceChange } from "@aws-sdk/client-cloudformation";
import { changeSetNotFound, stackNotFound } from "../errors.ts";
import type { CloudFormationContext, Operation } from "../index.ts";
import { type ChangeSetRecord, masked } from "../model.ts";
import { page } from "../page.ts";
import { changeSetSummary, parametersView } from "../views.ts";

/**
 * What a change set would change. `IncludePropertyValues` adds the values before and after.
 * @throws ChangeSetNotFoundException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
 */
export const describeChangeSet: Operation<"DescribeChangeSet"> = (ctx, input) => {
  const changeSet = findChangeSet(ctx, input.ChangeSetName, input.StackName);
  const { items, nextToken } = page(changeSet.changes, input.NextToken);
  const { IncludeNestedStacks, ...summary } = changeSetSummary(changeSet);
  return {
    ...summary,
    IncludeNestedStacks,
    Parameters: parametersView(changeSet),
    NotificationARNs: [...changeSet.notificationArns],
    RollbackConfiguration: {},
    Capabilities: [...changeSet.capabilities],
    Tags: [...changeSet.tags],
    Changes: items.map((change) => ({
      Type: "Resource" as const,
      ResourceChange: input.IncludePropertyValues ? withoutSecrets(ctx, changeSet, change) : withoutValues(change),
    })),
    OnStackFailure: changeSet.onStackFailure,
    NextToken: nextToken,
  };
};

/** @throws AwsError ChangeSetNotFoundException; ValidationError when there is no such stack */
export function findChangeSet(
  ctx: CloudFormationContext,
  nameOrArn: string,
  stackName: string | undefined,
): ChangeSetRecord {
  const stack = stackName === undefined ? undefined : ctx.store.stack(stackName, stackNotFound);
  const changeSet = ctx.store.findChangeSet(nameOrArn, stack?.stackId);
  if (!changeSet) throw changeSetNotFound(nameOrArn);
  return changeSet;
}

/** The change with its values, but for those of parameters with NoEcho, now and before. */
function withoutSecrets(
  ctx: CloudFormationContext,
  changeSet: ChangeSetRecord,
  change: ResourceChange,
): ResourceChange {
  const stack = ctx.store.stack(changeSet.stackId);
  return JSON.parse(masked(masked(JSON.stringify(change), changeSet), stack)) as ResourceChange;
}

function withoutValues({ BeforeContext: _before, AfterContext: _after, ...change }: ResourceChange): ResourceChange {
  return {
    ...change,
    Details: change.Details?.map(({ Target, ...detail }) => ({
      ...detail,
      Target: Target && {
        Attribute: Target.Attribute,
        Name: Target.Name,
        RequiresRecreation: Target.RequiresRecreation,
      },
    })),
  };
}
