import type { Ids } from "../../emulator/runtime/ids.ts";
import { invalidParameter, preconditionFailed } from "./errors.ts";
import type { FunctionVersion } from "./model.ts";
import type { LambdaStore } from "./store.ts";

export interface Publication {
  readonly description?: string;
  readonly codeSha256?: string;
  readonly revisionId?: string;
}

/**
 * Makes a version of `$LATEST`; when nothing changed since the last one, that one.
 * @throws InvalidParameterValueException, PreconditionFailedException
 */
export function publish(
  { store, ids, now }: { store: LambdaStore; ids: Ids; now: number },
  latest: FunctionVersion,
  { description, codeSha256, revisionId }: Publication,
): FunctionVersion {
  if (codeSha256 !== undefined && codeSha256 !== "" && codeSha256 !== latest.code.sha256) {
    throw invalidParameter(
      `CodeSHA256 (${codeSha256}) is different from current CodeSHA256 in $LATEST (${latest.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  if (revisionId !== undefined && revisionId !== latest.revisionId) throw preconditionFailed("function");
  return store.transaction(() => {
    const entry = store.entry(latest.name) ?? { tags: {}, lastVersion: 0 };
    const last =
      entry.publishedRevision === latest.environmentRevision && store.version(latest.name, String(entry.lastVersion));
    if (last) return last;
    const version: FunctionVersion = {
      ...latest,
      version: String(entry.lastVersion + 1),
      description: description ?? latest.description,
      lastModified: now,
      revisionId: ids.uuid(),
    };
    store.putVersion(version);
    store.putEntry(latest.name, {
      ...entry,
      lastVersion: entry.lastVersion + 1,
      publishedRevision: latest.environmentRevision,
    });
    return version;
  });
}
