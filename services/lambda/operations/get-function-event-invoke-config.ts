import { describeConfig, requireConfig } from "../event-invoke-config.ts";
import type { Operation } from "../index.ts";

/**
 * What is set for asynchronous invocations of a function, version or alias.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
 */
export const getFunctionEventInvokeConfig: Operation<"GetFunctionEventInvokeConfig"> = (ctx, input) => {
  const { config, ...place } = requireConfig(ctx.store, input);
  return describeConfig(ctx.store, place, config);
};
