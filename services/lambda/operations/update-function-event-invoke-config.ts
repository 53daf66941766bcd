import { describeConfig, mergeConfig, requireConfig } from "../event-invoke-config.ts";
import type { Operation } from "../index.ts";

/**
 * Changes what becomes of asynchronous invocations; what the request does not give stays.
 * @throws ResourceNotFoundException, InvalidParameterValueException, NotImplemented
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
 */
export const updateFunctionEventInvokeConfig: Operation<"UpdateFunctionEventInvokeConfig"> = async (ctx, input) => {
  const { config: before, ...place } = requireConfig(ctx.store, input);
  const config = await mergeConfig(ctx, place, input, before);
  ctx.store.putEventInvokeConfig(place.name, place.qualifier, config);
  return describeConfig(ctx.store, place, config);
};
