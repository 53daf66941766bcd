import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import {
  choice,
  decimal,
  flag,
  integer,
  list,
  map,
  object,
  refused,
  tags,
  text,
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { changed, escaped } from "./shared.ts";

const LOGGING_LEVELS = ["OFF", "ERROR", "INFO"] as const;

const methodSetting = {
  HttpMethod: text(),
  ResourcePath: text(),
  CacheDataEncrypted: flag(),
  CacheTtlInSeconds: integer(),
  CachingEnabled: flag(),
  DataTraceEnabled: flag(),
  LoggingLevel: choice(...LOGGING_LEVELS),
  MetricsEnabled: flag(),
  ThrottlingBurstLimit: integer(),
  ThrottlingRateLimit: decimal(),
} as const;

/** What a stage and the stage of a deployment have in common. */
export const stageSettings = {
  AccessLogSetting: object({ DestinationArn: text(), Format: text() }),
  CacheClusterEnabled: refused(false),
  CacheClusterSize: refused(),
  ClientCertificateId: refused(),
  Description: text(),
  DocumentationVersion: refused(),
  MethodSettings: list(object(methodSetting)),
  Tags: tags(),
  TracingEnabled: refused(false),
  Variables: map(text()),
} as const;

/** The stage of a deployment has the settings of all its methods beside the others. */
export const deployedStageSettings = {
  ...stageSettings,
  CacheDataEncrypted: flag(),
  CacheTtlInSeconds: integer(),
  CachingEnabled: flag(),
  CanarySetting: refused(),
  DataTraceEnabled: flag(),
  LoggingLevel: choice(...LOGGING_LEVELS),
  MetricsEnabled: flag(),
  ThrottlingBurstLimit: integer(),
  ThrottlingRateLimit: decimal(),
} as const;

type MethodSettingValues = Values<typeof methodSetting>;
export type StageValues = Values<typeof stageSettings>;
export type DeployedStageValues = Values<typeof deployedStageSettings>;

/** A stage's settings of all methods as one of its method settings. */
export function withMethodSettings(stage: DeployedStageValues): StageValues {
  const { CacheDataEncrypted, CacheTtlInSeconds, CachingEnabled, DataTraceEnabled } = stage;
  const { LoggingLevel, MetricsEnabled, ThrottlingBurstLimit, ThrottlingRateLimit } = stage;
  const all = {
    ...(CacheDataEncrypted !== undefined && { CacheDataEncrypted }),
    ...(CacheTtlInSeconds !== undefined && { CacheTtlInSeconds }),
    ...(CachingEnabled !== undefined && { CachingEnabled }),
    ...(DataTraceEnabled !== undefined && { DataTraceEnabled }),
    ...(LoggingLevel !== undefined && { LoggingLevel }),
    ...(MetricsEnabled !== undefined && { MetricsEnabled }),
    ...(ThrottlingBurstLimit !== undefined && { ThrottlingBurstLimit }),
    ...(ThrottlingRateLimit !== undefined && { ThrottlingRateLimit }),
  };
  if (Object.keys(all).length === 0) return stage;
  return {
    ...stage,
    MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", ...all }, ...(stage.MethodSettings ?? [])],
  };
}

/** `/~1users~1{id}/GET`: where a template's `/~1users~1{id}` (or `/users`) leads. */
function prefixOf({ ResourcePath = "/*", HttpMethod = "*" }: MethodSettingValues): string {
  const path = ResourcePath.replaceAll("~1", "/").replace(/^\/+/, "/");
  return path === "/*" ? `/*/${HttpMethod}` : `/${escaped(path)}/${HttpMethod}`;
}

const settingsOf = (setting: MethodSettingValues) => {
  const prefix = prefixOf(setting);
  return {
    [`${prefix}/caching/dataEncrypted`]: setting.CacheDataEncrypted,
    [`${prefix}/caching/ttlInSeconds`]: setting.CacheTtlInSeconds,
    [`${prefix}/caching/enabled`]: setting.CachingEnabled,
    [`${prefix}/logging/dataTrace`]: setting.DataTraceEnabled,
    [`${prefix}/logging/loglevel`]: setting.LoggingLevel,
    [`${prefix}/metrics/enabled`]: setting.MetricsEnabled,
    [`${prefix}/throttling/burstLimit`]: setting.ThrottlingBurstLimit,
    [`${prefix}/throttling/rateLimit`]: setting.ThrottlingRateLimit,
  };
};

/** What UpdateStage has to do to come from some settings to others. */
export function stagePatches(before: StageValues, after: StageValues): PatchOperation[] {
  const old = before.Variables ?? {};
  const next = after.Variables ?? {};
  const log = (stage: StageValues) => ({
    "/accessLogSettings/destinationArn": stage.AccessLogSetting?.DestinationArn?.replace(/:\*$/, ""),
    "/accessLogSettings/format": stage.AccessLogSetting?.Format,
  });
  return [
    ...changed({ "/description": before.Description }, { "/description": after.Description }),
    ...Object.keys(old)
      .filter((name) => next[name] === undefined)
      .map((name) => ({ op: "remove" as const, path: `/variables/${name}` })),
    ...Object.entries(next)
      .filter(([name, value]) => old[name] !== value)
      .map(([name, value]) => ({ op: "replace" as const, path: `/variables/${name}`, value })),
    ...(after.AccessLogSetting
      ? changed(log(before), log(after))
      : before.AccessLogSetting
        ? [{ op: "remove" as const, path: "/accessLogSettings" }]
        : []),
    ...(before.MethodSettings ?? []).map((setting) => ({ op: "remove" as const, path: prefixOf(setting) })),
    ...(after.MethodSettings ?? []).flatMap((setting) =>
      Object.entries(settingsOf(setting))
        .filter(([, value]) => value !== undefined)
        .map(([path, value]) => ({ op: "replace" as const, path, value: String(value) })),
    ),
  ];
}
