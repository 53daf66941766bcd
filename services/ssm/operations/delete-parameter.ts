import type { Operation } from "../index.ts";
import { requireParameter } from "../lookup.ts";

/**
 * Deletes a parameter with all of its versions.
 * @throws ParameterNotFound
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html
 */
export const deleteParameter: Operation<"DeleteParameter"> = (ctx, input) => {
  ctx.store.remove(requireParameter(ctx, input.Name).name);
  return {};
};
