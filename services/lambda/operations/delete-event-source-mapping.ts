import { configurationOf } from "../event-source-mapping/configuration.ts";
import { mappingNotFound } from "../event-source-mapping/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Ends an event source mapping: it is Deleting until the batch that is with the function has ended, then gone.
 * @throws ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html
 */
export const deleteEventSourceMapping: Operation<"DeleteEventSourceMapping"> = (ctx, input) => {
  const mapping = ctx.engine.mappings.store.get(ctx.account, ctx.region, input.UUID);
  if (!mapping) throw mappingNotFound();
  return configurationOf(ctx.engine.mappings.remove(mapping));
};
