import { callersEndpoint } from "../../../emulator/model/callers-endpoint.ts";
import { configuration } from "../configuration.ts";
import type { Operation } from "../index.ts";
import { requireVersion } from "../lookup.ts";

/**
 * Describes a function, a version or an alias, and where its deployment package can be fetched for ten minutes.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */
export const getFunction: Operation<"GetFunction"> = (ctx, input) => {
  const { store, engine } = ctx;
  const { version, qualifier } = requireVersion(store, input.FunctionName, input.Qualifier);
  const entry = store.entry(version.name);
  const hasTags = entry !== undefined && Object.keys(entry.tags).length > 0;
  return {
    Configuration: configuration(store.scope, version, qualifier),
    Code: { RepositoryType: "S3", Location: engine.packages.url(callersEndpoint(ctx), version.code.blob) },
    ...(hasTags && { Tags: { ...entry.tags } }),
    ...(entry?.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: entry.reservedConcurrency },
    }),
  };
};
