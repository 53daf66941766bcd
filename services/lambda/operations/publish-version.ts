import { unsupported } from "../../../emulator/model/errors.ts";
import { configuration } from "../configuration.ts";
import type { Operation } from "../index.ts";
import { requireLatest } from "../lookup.ts";
import { publish } from "../publish.ts";

/**
 * Keeps code and settings of `$LATEST` as a version that does not change any more.
 * @throws ResourceNotFoundException, InvalidParameterValueException, PreconditionFailedException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export const publishVersion: Operation<"PublishVersion"> = ({ store, ids, clock }, input) => {
  if (input.PublishTo !== undefined) throw unsupported("PublishTo");
  const latest = requireLatest(store, input.FunctionName);
  const version = publish({ store, ids, now: clock.now() }, latest, {
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.CodeSha256 !== undefined && { codeSha256: input.CodeSha256 }),
    ...(input.RevisionId !== undefined && { revisionId: input.RevisionId }),
  });
  return configuration(store.scope, version);
};
