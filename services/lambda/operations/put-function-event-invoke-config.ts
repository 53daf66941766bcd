import { describeConfig, mergeConfig, requireConfigPlace } from "../event-invoke-config.ts";
import type { Operation } from "../index.ts";

/**
 * Sets what becomes of asynchronous invocations of a function, version or alias; what the request does not give is reset.
 * @throws ResourceNotFoundException, InvalidParameterValueException, NotImplemented
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
export const putFunctionEventInvokeConfig: Operation<"PutFunctionEventInvokeConfig"> = async (ctx, input) => {
  const place = requireConfigPlace(ctx.store, input);
  const config = await mergeConfig(ctx, place, input, {});
  ctx.store.putEventInvokeConfig(place.name, place.qualifier, config);
  return describeConfig(ctx.store, place, config);
};
