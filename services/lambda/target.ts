import type { Ids } from "../../emulator/runtime/ids.ts";
import { functionArn, isVersion, parseReference } from "./arn.ts";
import { functionNotFound } from "./errors.ts";
import { LATEST, type Alias, type FunctionVersion } from "./model.ts";
import type { LambdaStore } from "./store.ts";

/** What an invocation names: the version that runs, and the ARN by which it was called. */
export interface Target {
  readonly version: FunctionVersion;
  readonly invokedArn: string;
}

/**
 * Finds the version that a name and a qualifier stand for; an alias with weights chooses one.
 * @throws ResourceNotFoundException
 */
export function resolveTarget(store: LambdaStore, ids: Ids, functionName: string, asked?: string): Target {
  const { name, qualifier } = parseReference(store.scope, functionName, asked);
  const invokedArn = functionArn(store.scope, name, qualifier);
  const version = store.version(name, versionOf(store, ids, name, qualifier ?? LATEST));
  if (!version) throw functionNotFound(invokedArn);
  return { version, invokedArn };
}

function versionOf(store: LambdaStore, ids: Ids, name: string, qualifier: string): string {
  if (isVersion(qualifier)) return qualifier;
  const alias = store.alias(name, qualifier);
  if (!alias) throw functionNotFound(functionArn(store.scope, name, qualifier));
  return chooseVersion(alias, ids);
}

const PRECISION = 1_000_000;

function chooseVersion(alias: Alias, ids: Ids): string {
  if (!alias.weights) return alias.version;
  const drawn = ids.integer(PRECISION) / PRECISION;
  let below = 0;
  for (const [version, weight] of Object.entries(alias.weights)) {
    below += weight;
    if (drawn < below) return version;
  }
  return alias.version;
}
