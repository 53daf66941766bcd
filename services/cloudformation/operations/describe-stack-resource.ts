import { resourceNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { resourceView } from "../views.ts";

/**
 * Describes one resource of a stack.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 */
export const describeStackResource: Operation<"DescribeStackResource"> = (ctx, input) => {
  const stack = ctx.store.stack(input.StackName, (name) => validationError(`Stack '${name}' does not exist`));
  const record = ctx.store.resource(stack.stackId, input.LogicalResourceId);
  if (!record) throw resourceNotFound(input.LogicalResourceId, stack.name);
  const { Timestamp, ...rest } = resourceView(stack, record);
  return {
    StackResourceDetail: {
      ...rest,
      LastUpdatedTimestamp: Timestamp,
      Metadata: record.metadata === undefined ? undefined : JSON.stringify(record.metadata),
    },
  };
};
