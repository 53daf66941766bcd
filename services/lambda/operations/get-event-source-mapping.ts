import { configurationOf } from "../event-source-mapping/configuration.ts";
import { mappingNotFound } from "../event-source-mapping/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Describes an event source mapping.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
 */
export const getEventSourceMapping: Operation<"GetEventSourceMapping"> = (ctx, input) => {
  const mapping = ctx.engine.mappings.store.get(ctx.account, ctx.region, input.UUID);
  if (!mapping) throw mappingNotFound();
  return configurationOf(mapping);
};
