import { unsupported } from "../../../emulator/model/errors.ts";
import { readSource } from "../code/source.ts";
import { updatedConfiguration } from "../configuration.ts";
import { preconditionFailed } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireLatest } from "../lookup.ts";
import type { FunctionVersion } from "../model.ts";
import { publish } from "../publish.ts";

/**
 * Gives `$LATEST` another deployment package. Invocations that run end with the old one; the next one has the new.
 * @throws ResourceNotFoundException, PreconditionFailedException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
 */
export const updateFunctionCode: Operation<"UpdateFunctionCode"> = async (ctx, input) => {
  const { store, ids, clock, engine } = ctx;
  if (input.PublishTo !== undefined) throw unsupported("PublishTo");
  const before = requireLatest(store, input.FunctionName, input.RevisionId);
  const code = await engine.packages.add(await readSource(ctx.call, "UpdateFunctionCode", input));

  // what changed in the meantime stays
  const latest = store.version(before.name) ?? before;
  if (input.RevisionId !== undefined && latest.revisionId !== input.RevisionId) {
    engine.packages.remove(code.blob);
    throw preconditionFailed("function");
  }
  const updated: FunctionVersion = {
    ...latest,
    code,
    architecture: input.Architectures?.[0] ?? latest.architecture,
    lastModified: clock.now(),
    revisionId: ids.uuid(),
    environmentRevision: ids.uuid(),
  };
  if (input.DryRun) {
    engine.packages.remove(code.blob);
    return updatedConfiguration(store.scope, updated);
  }
  const published = store.transaction(() => {
    store.putVersion(updated);
    return input.Publish ? publish({ store, ids, now: clock.now() }, updated, {}) : undefined;
  });
  engine.invoker.changed(store.scope, updated.name, latest);
  return { ...updatedConfiguration(store.scope, published ?? updated), RevisionId: ids.uuid() };
};
