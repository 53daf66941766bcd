import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import {
  choice,
  integer,
  list,
  map,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { HandlerError } from "../../cloudformation/engine/failure.ts";
import {
  defineProvider,
  type ProviderContext,
  sameValue,
  tagChanges,
  tagMap,
  unless,
} from "../../cloudformation/provider.ts";
import { inlineZip } from "../inline-code.ts";

const DEFAULTS = { memorySizeMb: 128, timeoutSeconds: 3 } as const;

const functionProperties = {
  FunctionName: replaces(text({ min: 1, max: 64 })),
  Code: required(
    object({
      ZipFile: text(),
      S3Bucket: text({ min: 3, max: 63 }),
      S3Key: text({ min: 1, max: 1024 }),
      S3ObjectVersion: text({ min: 1, max: 1024 }),
      ImageUri: refused(),
      S3ObjectStorageMode: refused("COPY"),
      SourceKMSKeyArn: refused(),
    }),
  ),
  Role: required(text({ pattern: /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/ })),
  Handler: text({ max: 128, pattern: /^[^\s]+$/ }),
  Runtime: text(),
  Description: text({ max: 256 }),
  MemorySize: integer({ min: 128, max: 32_768 }),
  Timeout: integer({ min: 1, max: 900 }),
  Environment: object({ Variables: map(text()) }),
  Architectures: list(choice("x86_64", "arm64"), { max: 1 }),
  ReservedConcurrentExecutions: integer({ min: 0 }),
  LoggingConfig: object({
    ApplicationLogLevel: choice("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
    LogFormat: choice("Text", "JSON"),
    LogGroup: text({ min: 1, max: 512 }),
    SystemLogLevel: choice("DEBUG", "INFO", "WARN"),
  }),
  DeadLetterConfig: object({ TargetArn: text() }),
  Tags: tags(),
  PackageType: refused("Zip"),
  EphemeralStorage: refused({ Size: 512 }, { Size: "512" }),
  TracingConfig: refused({ Mode: "PassThrough" }),
  SnapStart: refused({ ApplyOn: "None" }),
  Layers: refused([]),
  RecursiveLoop: refused("Terminate"),
  RuntimeManagementConfig: refused({ UpdateRuntimeOn: "Auto" }),
  PublishToLatestPublished: refused(false),
  CapacityProviderConfig: refused(),
  CodeSigningConfigArn: refused(),
  DurableConfig: refused(),
  FileSystemConfigs: refused([]),
  FunctionScalingConfig: refused(),
  ImageConfig: refused(),
  KmsKeyArn: refused(""),
  TenancyConfig: refused(),
  VpcConfig: refused(),
  Arn: readOnly(),
  SnapStartResponse: readOnly(),
} as const;

type FunctionValues = Values<typeof functionProperties>;

const getFunction = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("lambda", "GetFunction", { FunctionName: name }), "ResourceNotFoundException");

/** Waits until a creation or update is in force; fails with Lambda's reason when it is not going to be. */
async function untilReady(ctx: ProviderContext, name: string): Promise<void> {
  await ctx.waitUntil(`function ${name} to become Active`, async () => {
    const now: FunctionConfiguration = await ctx.call("lambda", "GetFunctionConfiguration", { FunctionName: name });
    if (now.State === "Failed") throw new HandlerError("NotStabilized", now.StateReason ?? "The function failed");
    if (now.LastUpdateStatus === "Failed") {
      throw new HandlerError("NotStabilized", now.LastUpdateStatusReason ?? "The update failed");
    }
    return now.State !== "Pending" && now.LastUpdateStatus !== "InProgress";
  });
}

const codeOf = ({ Code: { ZipFile, S3Bucket, S3Key, S3ObjectVersion } }: FunctionValues) => ({
  ...(ZipFile !== undefined && { ZipFile: inlineZip(ZipFile) }),
  ...(S3Bucket !== undefined && { S3Bucket }),
  ...(S3Key !== undefined && { S3Key }),
  ...(S3ObjectVersion !== undefined && { S3ObjectVersion }),
});

/** Every setting, with Lambda's default for what the template does not say: that is how one is taken back. */
const configurationOf = (given: FunctionValues) => ({
  Role: given.Role,
  Description: given.Description ?? "",
  MemorySize: given.MemorySize ?? DEFAULTS.memorySizeMb,
  Timeout: given.Timeout ?? DEFAULTS.timeoutSeconds,
  Environment: { Variables: given.Environment?.Variables ?? {} },
  ...(given.Handler !== undefined && { Handler: given.Handler }),
  // which runtimes there are is for Lambda to say
  ...(given.Runtime !== undefined && { Runtime: given.Runtime as "nodejs22.x" }),
  DeadLetterConfig: { TargetArn: given.DeadLetterConfig?.TargetArn ?? "" },
  ...(given.LoggingConfig && { LoggingConfig: given.LoggingConfig }),
});

const settingsOf = ({
  Code: _code,
  Tags: _tags,
  ReservedConcurrentExecutions: _reserved,
  Architectures: _architectures,
  ...rest
}: FunctionValues) => rest;

async function setConcurrency(ctx: ProviderContext, name: string, reserved: number | undefined): Promise<void> {
  if (reserved === undefined) await ctx.call("lambda", "DeleteFunctionConcurrency", { FunctionName: name });
  else
    await ctx.call("lambda", "PutFunctionConcurrency", { FunctionName: name, ReservedConcurrentExecutions: reserved });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const functionResource = defineProvider({
  type: "AWS::Lambda::Function",
  properties: functionProperties,
  attributes: ["Arn"],
  name: { property: "FunctionName", maxLength: 64 },

  check({ Code, Handler, Runtime }, later) {
    if (!later.includes("Handler") && Handler === undefined) return "#: required key [Handler] not found";
    if (!later.includes("Runtime") && Runtime === undefined) return "#: required key [Runtime] not found";
    if (!Code) return undefined;
    const isInline = Code.ZipFile !== undefined;
    const isInS3 = Code.S3Bucket !== undefined && Code.S3Key !== undefined;
    return isInline !== isInS3 ? undefined : "Please provide either ZipFile, or S3Bucket and S3Key, in Code.";
  },

  systemTagged: ({ account, region }, name) => `arn:aws:lambda:${region}:${account}:function:${name}`,

  find: async (ctx, _properties, name) => (await getFunction(ctx, name)) && name,

  async create(ctx, given, name) {
    await ctx.call("lambda", "CreateFunction", {
      FunctionName: name,
      Code: codeOf(given),
      ...configurationOf(given),
      ...(given.Architectures && { Architectures: given.Architectures }),
      ...(given.Tags?.length && { Tags: tagMap(given.Tags) }),
    });
    ctx.created(name);
    await untilReady(ctx, name);
    if (given.ReservedConcurrentExecutions !== undefined) {
      await setConcurrency(ctx, name, given.ReservedConcurrentExecutions);
    }
    return name;
  },

  async update(ctx, name, before, after) {
    await untilReady(ctx, name);
    if (!sameValue(before.Code, after.Code) || !sameValue(before.Architectures, after.Architectures)) {
      await ctx.call("lambda", "UpdateFunctionCode", {
        FunctionName: name,
        ...codeOf(after),
        Architectures: after.Architectures ?? ["x86_64"],
      });
      await untilReady(ctx, name);
    }
    if (!sameValue(settingsOf(before), settingsOf(after))) {
      await ctx.call("lambda", "UpdateFunctionConfiguration", {
        FunctionName: name,
        ...configurationOf(after),
        LoggingConfig: after.LoggingConfig ?? { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
      });
      await untilReady(ctx, name);
    }
    if (before.ReservedConcurrentExecutions !== after.ReservedConcurrentExecutions) {
      await setConcurrency(ctx, name, after.ReservedConcurrentExecutions);
    }
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    const Resource = (await getFunction(ctx, name))?.Configuration?.FunctionArn ?? "";
    if (removed.length > 0) await ctx.call("lambda", "UntagResource", { Resource, TagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("lambda", "TagResource", { Resource, Tags: set });
  },

  async remove(ctx, name) {
    await unless(ctx.call("lambda", "DeleteFunction", { FunctionName: name }), "ResourceNotFoundException");
  },

  read: async (ctx, name) => ({ Arn: (await getFunction(ctx, name))?.Configuration?.FunctionArn ?? "" }),
});
