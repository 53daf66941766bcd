import { configurationOf } from "../event-source-mapping/configuration.ts";
import { mappingNotFound } from "../event-source-mapping/errors.ts";
import { findFunction } from "../event-source-mapping/function-lookup.ts";
import { checkOnFailure } from "../event-source-mapping/on-failure.ts";
import { isQueueArn } from "../event-source-mapping/source-arn.ts";
import { mergeSettings } from "../event-source-mapping/settings.ts";
import type { Operation } from "../index.ts";

/**
 * Changes an event source mapping, or switches it on or off. The batch that is with the function ends first; then it
 * goes on from its checkpoint with the new settings.
 * @throws InvalidParameterValueException, ResourceConflictException, ResourceInUseException, ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
 */
export const updateEventSourceMapping: Operation<"UpdateEventSourceMapping"> = async (ctx, input) => {
  const mapping = ctx.engine.mappings.store.get(ctx.account, ctx.region, input.UUID);
  if (!mapping) throw mappingNotFound();
  const settings = mergeSettings(mapping.eventSourceArn, mapping.settings, input);
  const { functionArn, role } =
    input.FunctionName === undefined ? mapping : findFunction(ctx.store, ctx.ids, input.FunctionName);
  if (input.DestinationConfig || role !== mapping.role) await checkOnFailure(ctx, functionArn, role, settings);
  const updated = await ctx.engine.mappings.update(mapping, {
    settings,
    functionArn,
    role,
    enabled: input.Enabled ?? mapping.enabled,
    stateTransitionReason: isQueueArn(mapping.eventSourceArn) ? "USER_INITIATED" : "User action",
    lastModified: ctx.clock.now(),
  });
  return configurationOf(updated);
};
