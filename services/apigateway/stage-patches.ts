import { unsupported } from "../../emulator/model/errors.ts";
import { checkVariables } from "./deployment.ts";
import { badRequest, notFound } from "./errors.ts";
import { checkOption } from "./mapping.ts";
import { requireDeployment } from "./lookup.ts";
import type { MethodSetting, Stage } from "./model.ts";
import { isTrue, orUndefined, replaces, type PatchRule } from "./patch.ts";
import type { ApiGatewayStore } from "./store.ts";

const METHOD_SETTINGS =
  "metrics/enabled, logging/dataTrace, logging/loglevel, throttling/burstLimit throttling/rateLimit caching/ttlInSeconds, caching/enabled, caching/dataEncrypted, caching/requireAuthorizationForCacheControl, caching/unauthorizedCacheControlHeaderStrategy";

const paths = (prefix: string, gap: string): string =>
  METHOD_SETTINGS.replaceAll(/(^|[, ] ?)(?=[a-z])/g, (separator) => `${separator === " " ? gap : separator}${prefix}`);

/** AWS's list to the letter: commas are missing in it. */
export const invalidStagePath = (path: string) =>
  badRequest(
    `Invalid method setting path: ${path}. Must be one of: [/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ${paths("/{resourcePath}/{httpMethod}/", "")}, ${paths("/*/*/", " ")}, /variables/{variable_name}, /tracingEnabled]`,
  );

/** -1: no throttling. */
function throttling(value: string): number {
  const number = Number(value);
  if (value === "" || !(number >= 0 || number === -1) || !Number.isFinite(number)) {
    throw badRequest(`Invalid value for throttling: ${value}`);
  }
  return number;
}

function ttl(value: string): number {
  const seconds = Number(value);
  if (value === "" || !Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_TTL_SECONDS) {
    throw badRequest(`Cache TTL must be between 0 and ${LONGEST_TTL_SECONDS} seconds`);
  }
  return seconds;
}

type Strategy = NonNullable<MethodSetting["unauthorizedCacheControlHeaderStrategy"]>;
const STRATEGIES: readonly string[] = [
  "FAIL_WITH_403",
  "SUCCEED_WITH_RESPONSE_HEADER",
  "SUCCEED_WITHOUT_RESPONSE_HEADER",
] satisfies Strategy[];
const LONGEST_TTL_SECONDS = 3600;

function loggingLevel(value: string): "OFF" | "ERROR" | "INFO" {
  if (value !== "OFF" && value !== "ERROR" && value !== "INFO") {
    throw badRequest("Invalid logging level specified. Must be one of: [OFF, ERROR, INFO]");
  }
  return value;
}

/** What stands behind `/{resourcePath}/{httpMethod}/` in a path, and what it sets. */
const SETTINGS: Readonly<Record<string, (value: string) => MethodSetting>> = {
  "metrics/enabled": (value) => ({ metricsEnabled: isTrue(value) }),
  "logging/dataTrace": (value) => ({ dataTraceEnabled: isTrue(value) }),
  "logging/loglevel": (value) => ({ loggingLevel: loggingLevel(value) }),
  "throttling/burstLimit": (value) => ({ throttlingBurstLimit: Math.trunc(throttling(value)) }),
  "throttling/rateLimit": (value) => ({ throttlingRateLimit: throttling(value) }),
  "caching/ttlInSeconds": (value) => ({ cacheTtlInSeconds: ttl(value) }),
  "caching/enabled": (value) => ({ cachingEnabled: isTrue(value) }),
  "caching/dataEncrypted": (value) => ({ cacheDataEncrypted: isTrue(value) }),
  "caching/requireAuthorizationForCacheControl": (value) => ({ requireAuthorizationForCacheControl: isTrue(value) }),
  "caching/unauthorizedCacheControlHeaderStrategy": (value) => {
    checkOption("unauthorizedCacheControlHeaderStrategy", value, STRATEGIES);
    return { unauthorizedCacheControlHeaderStrategy: value as Strategy };
  },
};

/** `users/{id}` of `/users/{id}`: how the key of a method's settings names its resource. */
const settingKey = (path: string, method: string): string =>
  `${path.replace(/^\//, "").replaceAll("/", "~1")}/${method}`;

const methodRules: readonly PatchRule<Stage>[] = Object.entries(SETTINGS).map(([setting, read]) => ({
  path: `/{resourcePath}/{httpMethod}/${setting}`,
  ops: ["replace", "add"],
  apply(stage, { value = "", keys: [path = "", method = ""] }) {
    const key = settingKey(path, method);
    const methodSettings = { ...stage.methodSettings, [key]: { ...stage.methodSettings[key], ...read(value) } };
    return { ...stage, methodSettings };
  },
}));

const off = (path: string): PatchRule<Stage> => ({
  path,
  ops: ["replace", "remove"],
  apply(stage, { op, value = "" }) {
    if (op !== "remove" && !["", "false"].includes(value.toLowerCase())) {
      throw unsupported(`${path.slice(1)} of a stage`);
    }
    return stage;
  },
});

const accessLog = (member: "destinationArn" | "format"): PatchRule<Stage> => ({
  path: `/accessLogSettings/${member}`,
  ops: ["replace", "add"],
  apply: (stage, { value = "" }) => ({
    ...stage,
    accessLogSettings: { format: "", destinationArn: "", ...stage.accessLogSettings, [member]: value },
  }),
});

/** What UpdateStage takes. */
export const stageRules: readonly PatchRule<Stage>[] = [
  replaces("/deploymentId", (deploymentId) => ({ deploymentId })),
  replaces("/description", (description) => ({ description: orUndefined(description) })),
  {
    path: "/variables/{name}",
    ops: ["add", "replace", "remove"],
    apply(stage, { op, value = "", keys: [name = ""] }) {
      const { [name]: _before, ...others } = stage.variables;
      return { ...stage, variables: op === "remove" ? others : checkVariables({ ...others, [name]: value }) };
    },
  },
  {
    path: "/accessLogSettings",
    ops: ["remove"],
    apply: ({ accessLogSettings: _gone, ...stage }) => stage,
  },
  accessLog("destinationArn"),
  accessLog("format"),
  off("/cacheClusterEnabled"),
  off("/cacheClusterSize"),
  off("/clientCertificateId"),
  off("/documentationVersion"),
  off("/tracingEnabled"),
  off("/webAclArn"),
  { path: "/canarySettings", ops: ["remove"], apply: (stage) => stage },
  ...["deploymentId", "percentTraffic", "useStageCache"].map((member) => off(`/canarySettings/${member}`)),
  ...methodRules,
  {
    path: "/{resourcePath}/{httpMethod}",
    ops: ["remove"],
    apply(stage, { keys: [path = "", method = ""] }) {
      const { [settingKey(path, method)]: gone, ...methodSettings } = stage.methodSettings;
      if (!gone) throw notFound("Invalid method setting path specified");
      return { ...stage, methodSettings };
    },
  },
];

const LOG_DESTINATION = /^arn:aws:(logs:[^:]+:\d{12}:log-group:[^:]+(:\*)?|firehose:[^:]+:\d{12}:deliverystream\/.+)$/;

/** What a stage refers to has to be there. @throws BadRequestException, NotFoundException */
export function checkStage(store: ApiGatewayStore, stage: Stage): void {
  requireDeployment(store, stage.apiId, stage.deploymentId);
  const { accessLogSettings: log } = stage;
  if (log && log.destinationArn !== "" && !LOG_DESTINATION.test(log.destinationArn)) {
    throw badRequest("Invalid ARN specified in the request");
  }
  const logs = Object.values(stage.methodSettings).some(
    ({ loggingLevel: level, dataTraceEnabled }) => (level ?? "OFF") !== "OFF" || dataTraceEnabled === true,
  );
  if ((logs || log) && store.cloudwatchRoleArn === undefined) {
    throw badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
  }
  if (log?.destinationArn && log.format && !log.format.includes("$context.")) {
    throw badRequest("Access Log format must include at least one context variable");
  }
}
