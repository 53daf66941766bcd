import type { CloudFormationContext, Operation } from "../index.ts";
import { partition } from "../deployment.ts";
import { stackExists, tokenReused, validationError } from "../errors.ts";
import {
  checkRole,
  checkStackName,
  disableRollbackOf,
  newOperation,
  prepare,
  refuseUnsupported,
} from "../stack-request.ts";
import { requiredTemplateText } from "../template-source.ts";

/**
 * Creates a stack. Answers when all is created or has taken three seconds.
 * @throws AlreadyExistsException, InsufficientCapabilitiesException, TokenAlreadyExistsException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export const createStack: Operation<"CreateStack"> = async (ctx, input) => {
  refuseUnsupported(input);
  checkStackName(input.StackName);
  if (input.DisableRollback !== undefined && input.OnFailure !== undefined) {
    throw validationError("You can specify either DisableRollback or OnFailure, but not both.");
  }
  const { StackName: name, ClientRequestToken: token, TimeoutInMinutes: timeoutInMinutes } = input;
  const text = await requiredTemplateText(ctx, input);
  checkRole(ctx, input.RoleARN);
  const existing = ctx.store.findStack(name);
  if (existing) {
    if (token === undefined || existing.operation.token !== token) throw stackExists(name);
    if (existing.status.startsWith("CREATE_")) return { StackId: existing.stackId };
    throw tokenReused(token);
  }

  const stackId = newStackId(ctx, name);
  const { settings } = await prepare(ctx, { name, stackId }, text, input, undefined);
  const now = ctx.clock.now();
  const operation = newOperation(ctx, {
    token,
    disableRollback: disableRollbackOf(input) ?? false,
    onFailure: input.OnFailure,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    deadline: timeoutInMinutes === undefined ? undefined : now + timeoutInMinutes * 60_000,
  });
  ctx.store.write(() => {
    ctx.store.putStack({
      ...settings,
      stackId,
      name,
      status: "CREATE_IN_PROGRESS",
      createdAt: now,
      timeoutInMinutes,
      disableRollback: operation.disableRollback,
      terminationProtection: input.EnableTerminationProtection ?? false,
      operation,
    });
    ctx.store.putTemplate(stackId, "current", text);
    ctx.store.setStackStatus(stackId, "CREATE_IN_PROGRESS", "User Initiated");
  });
  ctx.engine.carryOn(ctx, stackId);
  await ctx.engine.atRest(stackId, ctx.signal);
  return { StackId: stackId };
};

export const newStackId = (ctx: CloudFormationContext, name: string): string =>
  `arn:${partition(ctx.region)}:cloudformation:${ctx.region}:${ctx.account}:stack/${name}/${ctx.ids.uuid()}`;
