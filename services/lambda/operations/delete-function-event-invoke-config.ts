import { requireConfig } from "../event-invoke-config.ts";
import type { Operation } from "../index.ts";

/**
 * Resets what is set for asynchronous invocations of a function, version or alias.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
 */
export const deleteFunctionEventInvokeConfig: Operation<"DeleteFunctionEventInvokeConfig"> = (ctx, input) => {
  const { name, qualifier } = requireConfig(ctx.store, input);
  ctx.store.removeEventInvokeConfig(name, qualifier);
  return {};
};
