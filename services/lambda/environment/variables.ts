import type { Host, Principal } from "../../../emulator/model/context.ts";
import type { FunctionVersion, Scope } from "../model.ts";

/** Longer than an environment lives, see the pool. */
const CREDENTIALS_SECONDS = 12 * 3600;

/** Everything that a function's process has in its environment: the emulator's own is not handed on. */
export function environmentVariables(
  host: Host,
  scope: Scope,
  version: FunctionVersion,
  place: { folder: string; scratch: string; logStream: string; principal: Principal },
): Record<string, string> {
  const credentials = host.credentials.issue(place.principal, CREDENTIALS_SECONDS);
  const { logging } = version;
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    HOME: place.scratch,
    TMPDIR: place.scratch,
    AWS_ENDPOINT_URL: host.endpoint,
    // the SDK warns of the Node at hand, which need not be the runtime's: that is said once, and not in each function's log
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...version.environment,
    LAMBDA_TASK_ROOT: place.folder,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    AWS_REGION: scope.region,
    AWS_DEFAULT_REGION: scope.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: version.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...(logging.applicationLevel && { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }),
    _HANDLER: version.handler,
  };
}
