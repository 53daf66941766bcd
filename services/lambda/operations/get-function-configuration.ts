import { configuration } from "../configuration.ts";
import type { Operation } from "../index.ts";
import { requireVersion } from "../lookup.ts";

/**
 * Answers the settings of a function, a version or an alias.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 */
export const getFunctionConfiguration: Operation<"GetFunctionConfiguration"> = (ctx, input) => {
  const { version, qualifier } = requireVersion(ctx.store, input.FunctionName, input.Qualifier);
  return configuration(ctx.store.scope, version, qualifier);
};
