import type { InputOf } from "../../emulator/model/sdk.ts";
import {
  choice,
  flag,
  integer,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
  type Values,
} from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, sameValue, tagChanges, unless } from "../cloudformation/provider.ts";
import { DESTINATION_ID } from "./names.ts";

const ROLE_ARN = /^arn:.*:iam::\d{12}:role\/[a-zA-Z_0-9+=,.@\-_/]+$/;
const BUCKET_ARN = /^arn:.*:s3:::[\w.-]{1,255}$/;

const targetProperties = {
  RoleARN: required(text({ min: 1, max: 512, pattern: ROLE_ARN })),
  BucketARN: required(text({ min: 1, max: 2048, pattern: BUCKET_ARN })),
  Prefix: text({ max: 1024 }),
  ErrorOutputPrefix: text({ max: 1024 }),
  BufferingHints: object({
    SizeInMBs: integer({ min: 1, max: 128 }),
    IntervalInSeconds: integer({ min: 0, max: 900 }),
  }),
  CompressionFormat: choice("UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"),
  EncryptionConfiguration: object({
    NoEncryptionConfig: choice("NoEncryption"),
    KMSEncryptionConfig: refused(),
  }),
  CloudWatchLoggingOptions: object({ Enabled: flag(), LogGroupName: text(), LogStreamName: text() }),
} as const;

const processorTypes = [
  "RecordDeAggregation",
  "Decompression",
  "CloudWatchLogProcessing",
  "Lambda",
  "MetadataExtraction",
  "AppendDelimiterToRecord",
] as const;

const parameterNames = [
  "LambdaArn",
  "NumberOfRetries",
  "MetadataExtractionQuery",
  "JsonParsingEngine",
  "RoleArn",
  "BufferSizeInMBs",
  "BufferIntervalInSeconds",
  "SubRecordType",
  "Delimiter",
  "CompressionFormat",
  "DataMessageExtraction",
] as const;

const extendedProperties = {
  ...targetProperties,
  ProcessingConfiguration: object({
    Enabled: flag(),
    Processors: list(
      object({
        Type: required(choice(...processorTypes)),
        Parameters: list(
          object({ ParameterName: required(choice(...parameterNames)), ParameterValue: required(text({ min: 1 })) }),
        ),
      }),
    ),
  }),
  S3BackupMode: choice("Disabled", "Enabled"),
  S3BackupConfiguration: object(targetProperties),
  DataFormatConversionConfiguration: refused({ Enabled: false }),
  DynamicPartitioningConfiguration: object({
    Enabled: flag(),
    RetryOptions: object({ DurationInSeconds: integer({ min: 0, max: 7200 }) }),
  }),
  FileExtension: text({ max: 128 }),
  CustomTimeZone: text({ max: 50 }),
} as const;

const properties = {
  DeliveryStreamName: replaces(text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_.-]+$/ })),
  DeliveryStreamType: replaces(choice("DirectPut", "KinesisStreamAsSource", "MSKAsSource", "DatabaseAsSource")),
  DirectPutSourceConfiguration: replaces(object({ ThroughputHintInMBs: required(integer({ min: 1, max: 100 })) })),
  KinesisStreamSourceConfiguration: replaces(
    object({
      KinesisStreamARN: required(text({ min: 1, max: 512 })),
      RoleARN: required(text({ min: 1, max: 512, pattern: ROLE_ARN })),
    }),
  ),
  DeliveryStreamEncryptionConfigurationInput: object({
    KeyType: required(choice("AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK")),
    KeyARN: text({ min: 1, max: 512 }),
  }),
  S3DestinationConfiguration: object(targetProperties),
  ExtendedS3DestinationConfiguration: object(extendedProperties),
  Tags: tags(),
  AmazonOpenSearchServerlessDestinationConfiguration: refused(),
  AmazonopensearchserviceDestinationConfiguration: refused(),
  DatabaseSourceConfiguration: refused(),
  ElasticsearchDestinationConfiguration: refused(),
  HttpEndpointDestinationConfiguration: refused(),
  IcebergDestinationConfiguration: refused(),
  MSKSourceConfiguration: refused(),
  RedshiftDestinationConfiguration: refused(),
  SnowflakeDestinationConfiguration: refused(),
  SplunkDestinationConfiguration: refused(),
  Arn: readOnly(),
} as const;

type StreamValues = Values<typeof properties>;
type ExtendedUpdate = Exclude<InputOf<"firehose", "UpdateDestination">["ExtendedS3DestinationUpdate"], undefined>;

const describe = async (ctx: ProviderContext, name: string) =>
  (
    await unless(
      ctx.call("firehose", "DescribeDeliveryStream", { DeliveryStreamName: name }),
      "ResourceNotFoundException",
    )
  )?.DeliveryStreamDescription;

const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`delivery stream ${name} to become ACTIVE`, async () => {
    const stream = await describe(ctx, name);
    const encryption = stream?.DeliveryStreamEncryptionConfiguration?.Status;
    return stream?.DeliveryStreamStatus === "ACTIVE" && (encryption === "ENABLED" || encryption === "DISABLED");
  });

/** Every setting of a destination, with Firehose's default for what the template does not say. */
function whole(given: StreamValues): ExtendedUpdate {
  const { S3BackupConfiguration: backup, ...settings } = {
    ...given.S3DestinationConfiguration,
    ...given.ExtendedS3DestinationConfiguration,
  };
  const isPartitioned = settings.DynamicPartitioningConfiguration?.Enabled ?? false;
  const defaults = {
    Prefix: "",
    ErrorOutputPrefix: "",
    BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
    CompressionFormat: "UNCOMPRESSED",
    CloudWatchLoggingOptions: { Enabled: false },
  } as const;
  return {
    ...defaults,
    ...(isPartitioned && { BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 300 } }),
    ProcessingConfiguration: { Enabled: false, Processors: [] },
    FileExtension: "",
    CustomTimeZone: "",
    ...settings,
    ...(backup && { S3BackupUpdate: { ...defaults, ...backup } }),
  };
}

async function updateEncryption(ctx: ProviderContext, name: string, before: StreamValues, after: StreamValues) {
  const given = after.DeliveryStreamEncryptionConfigurationInput;
  if (sameValue(before.DeliveryStreamEncryptionConfigurationInput, given)) return;
  await (given
    ? ctx.call("firehose", "StartDeliveryStreamEncryption", {
        DeliveryStreamName: name,
        DeliveryStreamEncryptionConfigurationInput: given,
      })
    : ctx.call("firehose", "StopDeliveryStreamEncryption", { DeliveryStreamName: name }));
  await untilActive(ctx, name);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html */
export const deliveryStream = defineProvider({
  type: "AWS::KinesisFirehose::DeliveryStream",
  properties,
  attributes: ["Arn"],
  name: { property: "DeliveryStreamName", maxLength: 64 },

  find: async (ctx, _given, name) => (await describe(ctx, name)) && name,

  async create(ctx, given, name) {
    const { Tags: streamTags, DeliveryStreamName: _name, ...settings } = given;
    await ctx.call("firehose", "CreateDeliveryStream", {
      ...settings,
      DeliveryStreamName: name,
      ...(streamTags?.length && { Tags: streamTags }),
    });
    ctx.created(name);
    await untilActive(ctx, name);
    return name;
  },

  async update(ctx, name, before, after) {
    const settingsOf = ({ ExtendedS3DestinationConfiguration, S3DestinationConfiguration }: StreamValues) => [
      ExtendedS3DestinationConfiguration,
      S3DestinationConfiguration,
    ];
    if (!sameValue(settingsOf(before), settingsOf(after))) {
      await ctx.call("firehose", "UpdateDestination", {
        DeliveryStreamName: name,
        CurrentDeliveryStreamVersionId: (await describe(ctx, name))?.VersionId ?? "",
        DestinationId: DESTINATION_ID,
        ExtendedS3DestinationUpdate: whole(after),
      });
    }
    await updateEncryption(ctx, name, before, after);
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) {
      await ctx.call("firehose", "UntagDeliveryStream", { DeliveryStreamName: name, TagKeys: removed });
    }
    const added = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
    if (added.length > 0) await ctx.call("firehose", "TagDeliveryStream", { DeliveryStreamName: name, Tags: added });
  },

  async remove(ctx, name) {
    await ctx.waitUntil(`delivery stream ${name} to be gone`, async () => {
      const status = (await describe(ctx, name))?.DeliveryStreamStatus;
      if (status === undefined) return true;
      if (status === "ACTIVE") {
        const deletion = ctx.call("firehose", "DeleteDeliveryStream", { DeliveryStreamName: name });
        await unless(deletion, "ResourceNotFoundException");
      }
      return false;
    });
  },

  read: async (ctx, name) => ({ Arn: (await describe(ctx, name))?.DeliveryStreamARN ?? "" }),
});

export const firehoseResources = [deliveryStream];
