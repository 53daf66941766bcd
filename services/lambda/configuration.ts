import type { FunctionConfiguration, LastUpdateStatusReasonCode } from "@aws-sdk/client-lambda";
import { functionArn } from "./arn.ts";
import { LATEST, type FunctionVersion, type Scope } from "./model.ts";

/** Lambda's own form: 2026-01-31T12:00:00.000+0000 */
const lastModified = (epochMs: number): string => new Date(epochMs).toISOString().replace("Z", "+0000");

/** A version as list operations answer it: without its state. `qualifier` is what its ARN ends with, if anything. */
export function listedConfiguration(
  scope: Scope,
  version: FunctionVersion,
  qualifier: string | undefined = version.version === LATEST ? undefined : version.version,
): FunctionConfiguration {
  const { logging } = version;
  return {
    FunctionName: version.name,
    FunctionArn: functionArn(scope, version.name, qualifier),
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.code.sizeBytes,
    Description: version.description,
    Timeout: version.timeoutSeconds,
    MemorySize: version.memoryMb,
    LastModified: lastModified(version.lastModified),
    CodeSha256: version.code.sha256,
    Version: version.version,
    ...(version.environment && { Environment: { Variables: { ...version.environment } } }),
    ...(version.deadLetterTarget !== undefined && { DeadLetterConfig: { TargetArn: version.deadLetterTarget } }),
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: version.revisionId,
    PackageType: "Zip",
    Architectures: [version.architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logging.group,
      ...(logging.applicationLevel && { ApplicationLogLevel: logging.applicationLevel }),
      ...(logging.systemLevel && { SystemLogLevel: logging.systemLevel }),
    },
  };
}

/** A version as it stands: what is stored is ready to run. */
export const configuration = (scope: Scope, version: FunctionVersion, qualifier?: string): FunctionConfiguration => ({
  ...listedConfiguration(scope, version, qualifier),
  State: "Active",
  LastUpdateStatus: "Successful",
});

/**
 * A version as its creation answers it. AWS makes it ready after its answer, in seconds; here that takes less time than
 * the answer's way to the client, who sees `Active` at its first look.
 */
export const createdConfiguration = (scope: Scope, version: FunctionVersion): FunctionConfiguration => ({
  ...listedConfiguration(scope, version),
  State: "Pending",
  StateReason: "The function is being created.",
  StateReasonCode: "Creating",
});

/** `$LATEST` as an update answers it, see `createdConfiguration`. */
export const updatedConfiguration = (scope: Scope, version: FunctionVersion): FunctionConfiguration => ({
  ...listedConfiguration(scope, version),
  State: "Active",
  LastUpdateStatus: "InProgress",
  LastUpdateStatusReason: "The function is being created.",
  // AWS answers what its own enumeration lacks
  LastUpdateStatusReasonCode: "Creating" as string as LastUpdateStatusReasonCode,
});
