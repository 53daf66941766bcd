import { functionArn, parseReference } from "../arn.ts";
import { readSource } from "../code/source.ts";
import { createdConfiguration } from "../configuration.ts";
import { deadLetterTargetOf } from "../dead-letter-config.ts";
import { conflict, invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { LATEST, type FunctionVersion } from "../model.ts";
import { publish } from "../publish.ts";
import { requireRole } from "../role.ts";
import {
  checkEnvironment,
  checkRuntime,
  checkSizes,
  checkTags,
  loggingSettings,
  refuseUnsupported,
} from "../settings.ts";

/**
 * Makes a function of a deployment package and settings.
 * @throws InvalidParameterValueException, ResourceConflictException, NotImplemented
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export const createFunction: Operation<"CreateFunction"> = async (ctx, input) => {
  const { store, ids, clock, engine } = ctx;
  refuseUnsupported(input);
  const { name } = parseReference(store.scope, input.FunctionName);
  if (input.Runtime === undefined || input.Handler === undefined || input.Handler === "") {
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  }
  const runtime = checkRuntime(input.Runtime);
  checkSizes(input);
  const environment = input.Environment?.Variables;
  if (environment) checkEnvironment(environment);
  const tags = { ...input.Tags };
  checkTags(tags);
  const logging = loggingSettings(name, input.LoggingConfig);
  if (store.entry(name)) throw alreadyExists(name);

  requireRole(ctx, store.scope, input.Role);
  const deadLetterTarget = await deadLetterTargetOf(ctx, input.DeadLetterConfig ?? {}, { name, role: input.Role });
  const code = await engine.packages.add(await readSource(ctx.call, "CreateFunction", input.Code));
  const version: FunctionVersion = {
    name,
    version: LATEST,
    runtime,
    role: input.Role,
    handler: input.Handler,
    description: input.Description ?? "",
    timeoutSeconds: input.Timeout ?? 3,
    memoryMb: input.MemorySize ?? 128,
    ...(environment && { environment }),
    architecture: input.Architectures?.[0] ?? "x86_64",
    logging,
    code,
    ...(deadLetterTarget !== undefined && { deadLetterTarget }),
    lastModified: clock.now(),
    revisionId: ids.uuid(),
    environmentRevision: ids.uuid(),
  };
  if (store.entry(name)) {
    engine.packages.remove(code.blob);
    throw alreadyExists(name);
  }
  const published = store.transaction(() => {
    store.putEntry(name, { tags, lastVersion: 0 });
    store.putVersion(version);
    return input.Publish ? publish({ store, ids, now: clock.now() }, version, {}) : undefined;
  });
  const answered = createdConfiguration(store.scope, published ?? version);
  // the ARN is the function's, also of what it publishes; AWS changes the revision once more when the function is ready
  return { ...answered, FunctionArn: functionArn(store.scope, name), RevisionId: ids.uuid() };
};

const alreadyExists = (name: string) => conflict(`Function already exist: ${name}`);
