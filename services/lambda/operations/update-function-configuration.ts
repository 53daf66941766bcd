import { updatedConfiguration } from "../configuration.ts";
import { deadLetterTargetOf } from "../dead-letter-config.ts";
import type { Operation } from "../index.ts";
import { requireLatest } from "../lookup.ts";
import type { FunctionVersion } from "../model.ts";
import { requireRole } from "../role.ts";
import { checkEnvironment, checkRuntime, checkSizes, loggingSettings, refuseUnsupported } from "../settings.ts";

/**
 * Changes settings of `$LATEST`; what the request does not name stays.
 * @throws ResourceNotFoundException, PreconditionFailedException, InvalidParameterValueException, NotImplemented
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
export const updateFunctionConfiguration: Operation<"UpdateFunctionConfiguration"> = async (ctx, input) => {
  const { store, ids, clock, engine } = ctx;
  refuseUnsupported(input);
  checkSizes(input);
  const { name, role } = requireLatest(store, input.FunctionName, input.RevisionId);
  const given = input.DeadLetterConfig;
  const target = given && (await deadLetterTargetOf(ctx, given, { name, role: input.Role ?? role }));
  // it may have changed while the target was looked up
  const latest = requireLatest(store, input.FunctionName, input.RevisionId);
  const environment = input.Environment ? (input.Environment.Variables ?? {}) : latest.environment;
  if (environment) checkEnvironment(environment);
  if (input.Role !== undefined) requireRole(ctx, store.scope, input.Role);
  const updated: FunctionVersion = {
    ...latest,
    runtime: input.Runtime === undefined ? latest.runtime : checkRuntime(input.Runtime),
    role: input.Role ?? latest.role,
    handler: input.Handler ?? latest.handler,
    description: input.Description ?? latest.description,
    timeoutSeconds: input.Timeout ?? latest.timeoutSeconds,
    memoryMb: input.MemorySize ?? latest.memoryMb,
    ...(environment && { environment }),
    logging: input.LoggingConfig ? loggingSettings(latest.name, input.LoggingConfig, latest.logging) : latest.logging,
    deadLetterTarget: given ? target : latest.deadLetterTarget,
    lastModified: clock.now(),
    revisionId: ids.uuid(),
    environmentRevision: ids.uuid(),
  };
  store.putVersion(updated);
  engine.invoker.changed(store.scope, updated.name);
  return { ...updatedConfiguration(store.scope, updated), RevisionId: ids.uuid() };
};
