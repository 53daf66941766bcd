import type { CreateFunctionRequest, Runtime, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import { unsupported } from "../../emulator/model/errors.ts";
import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { constraintViolation, invalidParameter } from "./errors.ts";
import type { LoggingSettings } from "./model.ts";

const RUNTIMES: readonly string[] = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];

/** What AWS still lets functions be created with, in the order of its own message. */
const AWS_RUNTIMES =
  "[nodejs20.x, provided.al2023, python3.12, java17, provided, nodejs16.x, nodejs14.x, ruby3.4, ruby2.7, python3.10, java11, nodejs24.x, nodejs22.x, dotnet8, python3.13, go1.x, java21, nodejs18.x, provided.al2, java8.al2, ruby3.2, python3.11, ruby3.3, dotnet6, python3.14, java25, python3.9, python3.8, dotnet10]";

const MOST_MEMORY_MB = 10_240;
const LONGEST_TIMEOUT_SECONDS = 900;
const ENVIRONMENT_BYTES = 4_096;

/** Names that Lambda sets itself. */
const RESERVED = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** @throws the refusal of a runtime that AWS or Headwater does not run */
export function checkRuntime(runtime: string): Runtime {
  if (RUNTIMES.includes(runtime)) return runtime as Runtime;
  if (AWS_RUNTIMES.slice(1, -1).split(", ").includes(runtime)) throw unsupported(`The runtime ${runtime}`);
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ${AWS_RUNTIMES} or be a valid ARN`,
  );
}

/** Limits that botocore's model leaves to the service. */
export function checkSizes({ MemorySize, Timeout }: { MemorySize?: number; Timeout?: number }): void {
  if (MemorySize !== undefined && MemorySize > MOST_MEMORY_MB) {
    throw constraintViolation(
      "memorySize",
      MemorySize,
      `Member must have value less than or equal to ${MOST_MEMORY_MB}`,
    );
  }
  if (Timeout !== undefined && Timeout > LONGEST_TIMEOUT_SECONDS) {
    throw constraintViolation(
      "timeout",
      Timeout,
      `Member must have value less than or equal to ${LONGEST_TIMEOUT_SECONDS}`,
    );
  }
}

export function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  // AWS measures the variables as JSON, and shows them so in its message
  const json = JSON.stringify(variables);
  if (Buffer.byteLength(json) > ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${json}`,
    );
  }
}

type Settings = Omit<CreateFunctionRequest & UpdateFunctionConfigurationRequest, "Code" | "FunctionName">;

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);

/**
 * Refuses, by name, the settings that Headwater does not act on. Values that ask for what is so anyway pass.
 * @throws NotImplemented
 */
export function refuseUnsupported(input: Partial<Settings>): void {
  const refusals: readonly (readonly [boolean, string])[] = [
    [input.PackageType === "Image" || isSet(input.ImageConfig), "PackageType Image"],
    [isSet(input.Layers), "Layers"],
    [isSet(input.VpcConfig?.SubnetIds) || isSet(input.VpcConfig?.SecurityGroupIds), "VpcConfig"],
    [isSet(input.FileSystemConfigs), "FileSystemConfigs"],
    [(input.EphemeralStorage?.Size ?? 512) !== 512, "EphemeralStorage other than 512 MB"],
    [(input.SnapStart?.ApplyOn ?? "None") !== "None", "SnapStart"],
    [input.TracingConfig?.Mode === "Active", "TracingConfig Active"],
    [isSet(input.KMSKeyArn), "KMSKeyArn"],
    [isSet(input.CodeSigningConfigArn), "CodeSigningConfigArn"],
    [input.CapacityProviderConfig !== undefined, "CapacityProviderConfig"],
    [input.DurableConfig !== undefined, "DurableConfig"],
    [input.TenancyConfig !== undefined, "TenancyConfig"],
    [isSet(input.PublishTo), "PublishTo"],
  ];
  const refused = refusals.find(([applies]) => applies);
  if (refused) throw unsupported(refused[1]);
}

/** @throws InvalidParameterValueException for levels with text logs, as AWS does */
export function loggingSettings(
  name: string,
  input: CreateFunctionRequest["LoggingConfig"],
  before?: LoggingSettings,
): LoggingSettings {
  const format = input?.LogFormat ?? before?.format ?? "Text";
  const group = input?.LogGroup ?? before?.group ?? `/aws/lambda/${name}`;
  const levels = input?.ApplicationLogLevel !== undefined || input?.SystemLogLevel !== undefined;
  if (format === "Text") {
    if (levels) {
      throw invalidParameter("To set ApplicationLogLevel or SystemLogLevel, you need to set LogFormat to JSON.");
    }
    return { format, group };
  }
  return {
    format,
    group,
    applicationLevel: input?.ApplicationLogLevel ?? before?.applicationLevel ?? "INFO",
    systemLevel: input?.SystemLogLevel ?? before?.systemLevel ?? "INFO",
  };
}

/** Tags as AWS limits them. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  refuseSystemTags(Object.keys(tags));
  checkTagCount(tags);
}

export function checkTagCount(tags: Readonly<Record<string, string>>): void {
  if (userTagCount(Object.keys(tags)) > 50) throw invalidParameter("Number of tags exceeds resource tag limit.");
}

export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw invalidParameter("System tags are not allowed in the request.");
}
