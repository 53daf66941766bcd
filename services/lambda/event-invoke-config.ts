import type { FunctionEventInvokeConfig } from "@aws-sdk/client-lambda";
import type { Context } from "../../emulator/model/context.ts";
import { functionArn, isVersion, parseReference } from "./arn.ts";
import { checkDestination, parseDestination } from "./destinations.ts";
import { invalidParameter, notFound } from "./errors.ts";
import type { LambdaState } from "./index.ts";
import { LATEST, type EventInvokeConfig, type FunctionVersion } from "./model.ts";
import { functionPrincipal } from "./role.ts";
import type { LambdaStore } from "./store.ts";

/** Where a configuration is attached. */
export interface ConfigPlace {
  readonly name: string;
  readonly qualifier: string;
  readonly version: FunctionVersion;
}

interface Given {
  readonly FunctionName: string;
  readonly Qualifier?: string | undefined;
}

interface Settings {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination?: string | undefined } | undefined;
    readonly OnFailure?: { readonly Destination?: string | undefined } | undefined;
  };
}

/** The version or alias that a request names. @throws ResourceNotFoundException */
export function requireConfigPlace(store: LambdaStore, { FunctionName, Qualifier }: Given): ConfigPlace {
  const { name, qualifier = LATEST } = parseReference(store.scope, FunctionName, Qualifier);
  const number = isVersion(qualifier) ? qualifier : store.alias(name, qualifier)?.version;
  const version = number === undefined ? undefined : store.version(name, number);
  if (!version) throw notFound("The function doesn't exist.");
  return { name, qualifier, version };
}

/** @throws ResourceNotFoundException */
export function requireConfig(store: LambdaStore, given: Given): ConfigPlace & { readonly config: EventInvokeConfig } {
  const { name, qualifier = LATEST } = parseReference(store.scope, given.FunctionName, given.Qualifier);
  const config = store.eventInvokeConfig(name, qualifier);
  if (!config) {
    throw notFound(`The function ${functionArn(store.scope, name, qualifier)} doesn't have an EventInvokeConfig`);
  }
  return { ...requireConfigPlace(store, given), config };
}

/**
 * What a request makes of a configuration: what it does not give stays as in `before`.
 * @throws InvalidParameterValueException for nothing at all, and for destinations that are not there
 */
export async function mergeConfig(
  ctx: Context<LambdaState>,
  place: ConfigPlace,
  given: Settings,
  before: Partial<EventInvokeConfig>,
): Promise<EventInvokeConfig> {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = given;
  if (MaximumRetryAttempts === undefined && MaximumEventAgeInSeconds === undefined && !DestinationConfig) {
    throw invalidParameter("You must specify at least one of error handling or destination setting.");
  }
  const onSuccess = DestinationConfig ? DestinationConfig.OnSuccess?.Destination || undefined : before.onSuccess;
  const onFailure = DestinationConfig ? DestinationConfig.OnFailure?.Destination || undefined : before.onFailure;
  if (DestinationConfig) await checkDestinations(ctx, place, onSuccess, onFailure);
  return {
    maximumRetryAttempts: MaximumRetryAttempts ?? before.maximumRetryAttempts,
    maximumEventAgeSeconds: MaximumEventAgeInSeconds ?? before.maximumEventAgeSeconds,
    onSuccess,
    onFailure,
    lastModified: ctx.clock.now(),
  };
}

async function checkDestinations(
  ctx: Context<LambdaState>,
  { name, version }: ConfigPlace,
  onSuccess: string | undefined,
  onFailure: string | undefined,
): Promise<void> {
  const { scope } = ctx.store;
  const part = (type: string, arn: string | undefined) => (arn === undefined ? "null" : `${type}(destination=${arn})`);
  for (const arn of [onSuccess, onFailure]) {
    if (arn === undefined) continue;
    const destination = parseDestination(arn);
    const isMisplaced = destination?.kind === "s3" && arn === onSuccess; // buckets are for failures only
    if (!destination || isMisplaced) {
      throw invalidParameter(
        `The provided destination config DestinationConfig(onSuccess=${part("OnSuccess", onSuccess)}, onFailure=${part("OnFailure", onFailure)}) is invalid.`,
      );
    }
    if (destination.kind === "lambda" && arn.split(":")[6] === name) {
      throw invalidParameter("You can't specify the function as a destination for itself.");
    }
    await checkDestination(ctx, scope, destination, () => functionPrincipal(ctx, scope, version));
  }
}

/** A configuration as Lambda answers it. */
export const describeConfig = (
  store: LambdaStore,
  { name, qualifier }: Pick<ConfigPlace, "name" | "qualifier">,
  config: EventInvokeConfig,
): FunctionEventInvokeConfig => ({
  LastModified: new Date(config.lastModified),
  FunctionArn: functionArn(store.scope, name, qualifier),
  ...(config.maximumRetryAttempts !== undefined && { MaximumRetryAttempts: config.maximumRetryAttempts }),
  ...(config.maximumEventAgeSeconds !== undefined && { MaximumEventAgeInSeconds: config.maximumEventAgeSeconds }),
  DestinationConfig: {
    OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
    OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
  },
});
