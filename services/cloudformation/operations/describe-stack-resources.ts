import { resourceNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { StackRecord } from "../model.ts";
import type { CloudFormationStore } from "../store.ts";
import { resourceView } from "../views.ts";

/**
 * Describes the resources of a stack, of the stack that owns a physical resource, or one of them.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
 */
export const describeStackResources: Operation<"DescribeStackResources"> = (ctx, input) => {
  const { StackName: name, PhysicalResourceId: physicalId, LogicalResourceId: logicalId } = input;
  if (name !== undefined && physicalId !== undefined) {
    throw validationError("StackName and PhysicalResourceId cannot both be specified.");
  }
  if (name === undefined && physicalId === undefined) {
    throw validationError("Either StackName or PhysicalResourceId must be specified.");
  }
  const stack = name === undefined ? ownerOf(ctx.store, physicalId as string) : ctx.store.stack(name);
  const records = ctx.store.resources(stack.stackId);
  const wanted = records.filter((record) => logicalId === undefined || record.logicalId === logicalId);
  if (logicalId !== undefined && wanted.length === 0) throw resourceNotFound(logicalId, stack.name);
  return { StackResources: wanted.map((record) => resourceView(stack, record)) };
};

function ownerOf(store: CloudFormationStore, physicalId: string): StackRecord {
  for (const stack of store.stacks()) {
    if (stack.status === "DELETE_COMPLETE") continue;
    if (store.resources(stack.stackId).some((record) => record.physicalId === physicalId)) return stack;
  }
  throw validationError(`Stack for ${physicalId} does not exist`);
}
