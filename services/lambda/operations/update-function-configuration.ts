import { updatedConfiguration } from "../configuration.ts";
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
export const updateFunctionConfiguration: Operation<"UpdateFunctionConfiguration"> = (ctx, input) => {
  const { store, ids, clock, engine } = ctx;
  refuseUnsupported(input);
  checkSizes(input);
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
    lastModified: clock.now(),
    revisionId: ids.uuid(),
    environmentRevision: ids.uuid(),
  };
  store.putVersion(updated);
  engine.invoker.changed(store.scope, updated.name);
  return { ...updatedConfiguration(store.scope, updated), RevisionId: ids.uuid() };
};
