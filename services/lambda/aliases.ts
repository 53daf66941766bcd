import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import { functionArn } from "./arn.ts";
import { functionNotFound, invalidParameter } from "./errors.ts";
import { LATEST, type Alias } from "./model.ts";
import type { LambdaStore } from "./store.ts";

export const aliasConfiguration = (store: LambdaStore, name: string, alias: Alias): AliasConfiguration => ({
  AliasArn: functionArn(store.scope, name, alias.name),
  Name: alias.name,
  FunctionVersion: alias.version,
  Description: alias.description,
  ...(alias.weights && { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } }),
  RevisionId: alias.revisionId,
});

/** @throws ResourceNotFoundException, InvalidParameterValueException: versions that an alias cannot point to */
export function checkRouting(
  store: LambdaStore,
  name: string,
  version: string,
  weights: Readonly<Record<string, number>> | undefined,
): void {
  requireExisting(store, name, version);
  const others = Object.keys(weights ?? {});
  if (others.length === 0) return;
  if (others.length > 1) {
    throw invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  if (version === LATEST || others.includes(LATEST)) {
    throw invalidParameter("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  for (const other of others) {
    requireExisting(store, name, other);
    if (other === version) {
      throw invalidParameter(
        `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`,
      );
    }
  }
}

function requireExisting(store: LambdaStore, name: string, version: string): void {
  if (!store.version(name, version)) throw functionNotFound(functionArn(store.scope, name, version));
}

/** Weights as they are kept: none at all when the request empties them. */
export const weightsOf = (
  routing: { AdditionalVersionWeights?: Record<string, number> } | undefined,
): Readonly<Record<string, number>> | undefined =>
  routing?.AdditionalVersionWeights && Object.keys(routing.AdditionalVersionWeights).length > 0
    ? { ...routing.AdditionalVersionWeights }
    : undefined;
