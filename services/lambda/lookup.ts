import { fromToken } from "../../emulator/model/paging.ts";
import { functionArn, isVersion, parseReference } from "./arn.ts";
import { functionNotFound, invalidParameter, preconditionFailed } from "./errors.ts";
import { LATEST, type FunctionEntry, type FunctionVersion } from "./model.ts";
import type { LambdaStore } from "./store.ts";

/**
 * The name of an existing function, for operations that work on a function as a whole.
 * @throws ResourceNotFoundException; InvalidParameterValueException when a version or alias is named
 */
export function requireFunction(store: LambdaStore, reference: string): { name: string; entry: FunctionEntry } {
  const { name, qualifier } = parseReference(store.scope, reference);
  if (qualifier !== undefined && qualifier !== LATEST) {
    throw invalidParameter(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    );
  }
  const entry = store.entry(name);
  if (!entry) throw functionNotFound(functionArn(store.scope, name));
  return { name, entry };
}

/** `$LATEST` of an existing function. @throws ResourceNotFoundException, PreconditionFailedException */
export function requireLatest(store: LambdaStore, reference: string, revisionId?: string): FunctionVersion {
  const { name } = requireFunction(store, reference);
  const latest = store.version(name);
  if (!latest) throw functionNotFound(functionArn(store.scope, name));
  if (revisionId !== undefined && revisionId !== latest.revisionId) throw preconditionFailed("function");
  return latest;
}

/** The version that a qualifier names, an alias by its first version. @throws ResourceNotFoundException */
export function requireVersion(
  store: LambdaStore,
  reference: string,
  asked?: string,
): { version: FunctionVersion; qualifier?: string } {
  const { name, qualifier } = parseReference(store.scope, reference, asked);
  const number =
    qualifier === undefined || isVersion(qualifier) ? (qualifier ?? LATEST) : store.alias(name, qualifier)?.version;
  const version = number === undefined ? undefined : store.version(name, number);
  if (!version) throw functionNotFound(functionArn(store.scope, name, qualifier));
  return { version, ...(qualifier !== undefined && { qualifier }) };
}

/** Where the page that a marker names begins; an empty marker is none. */
export const fromMarker = (marker: string | undefined): string | undefined =>
  marker === undefined || marker === "" ? undefined : fromToken(marker);
