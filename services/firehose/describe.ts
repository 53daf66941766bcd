import type { OutputOf } from "../../emulator/model/sdk.ts";
import type { Destination, DeliveryStream, Encryption, Processor, S3Target, Scope } from "./model.ts";
import { DESTINATION_ID, streamArn } from "./names.ts";

type Description = Exclude<OutputOf<"firehose", "DescribeDeliveryStream">["DeliveryStreamDescription"], undefined>;
type DestinationDescription = Exclude<Description["Destinations"], undefined>[number];

/** A stream as DescribeDeliveryStream shows it. */
export function describeStream(scope: Scope, stream: DeliveryStream, withDestination: boolean): Description {
  return {
    DeliveryStreamName: stream.name,
    DeliveryStreamARN: streamArn(scope, stream.name),
    DeliveryStreamStatus: stream.status,
    DeliveryStreamEncryptionConfiguration: describeEncryption(stream.encryption),
    DeliveryStreamType: stream.type,
    VersionId: String(stream.version),
    CreateTimestamp: new Date(stream.createdAt),
    ...(stream.updatedAt !== undefined && { LastUpdateTimestamp: new Date(stream.updatedAt) }),
    ...describeSource(stream),
    Destinations: withDestination ? [describeDestination(stream.destination)] : [],
    HasMoreDestinations: false,
  };
}

const describeEncryption = ({ status, keyType, keyArn }: Encryption) => ({
  ...(keyArn !== undefined && { KeyARN: keyArn }),
  ...(keyType !== undefined && { KeyType: keyType }),
  Status: status,
});

function describeSource({ source, throughputHintMBs, createdAt }: DeliveryStream): Pick<Description, "Source"> {
  if (source) {
    return {
      Source: {
        KinesisStreamSourceDescription: {
          KinesisStreamARN: source.streamArn,
          RoleARN: source.roleArn,
          DeliveryStartTimestamp: new Date(createdAt),
        },
      },
    };
  }
  if (throughputHintMBs === undefined) return {};
  return { Source: { DirectPutSourceDescription: { ThroughputHintInMBs: throughputHintMBs } } };
}

/** AWS shows every S3 destination in both forms. */
function describeDestination(destination: Destination): DestinationDescription {
  const { backup, conversionOff, dynamicPartitioning, fileExtension, processing, timeZone } = destination;
  const plain = describeTarget(destination);
  return {
    DestinationId: DESTINATION_ID,
    S3DestinationDescription: plain,
    ExtendedS3DestinationDescription: {
      ...plain,
      ProcessingConfiguration: {
        Enabled: processing.enabled,
        Processors: processing.processors.map(describeProcessor),
      },
      S3BackupMode: backup ? "Enabled" : "Disabled",
      ...(backup && { S3BackupDescription: describeTarget(backup) }),
      ...(conversionOff && { DataFormatConversionConfiguration: { Enabled: false } }),
      ...(dynamicPartitioning && {
        DynamicPartitioningConfiguration: {
          RetryOptions: { DurationInSeconds: dynamicPartitioning.retrySeconds },
          Enabled: dynamicPartitioning.enabled,
        },
      }),
      ...(fileExtension !== undefined && { FileExtension: fileExtension }),
      ...(timeZone !== undefined && { CustomTimeZone: timeZone }),
    },
  };
}

const describeTarget = (target: S3Target) => ({
  RoleARN: target.roleArn,
  BucketARN: target.bucketArn,
  ...(target.prefix !== undefined && { Prefix: target.prefix }),
  ...(target.errorOutputPrefix !== undefined && { ErrorOutputPrefix: target.errorOutputPrefix }),
  BufferingHints: { SizeInMBs: target.buffering.sizeMiB, IntervalInSeconds: target.buffering.intervalSeconds },
  CompressionFormat: target.compression,
  EncryptionConfiguration: { NoEncryptionConfig: "NoEncryption" as const },
  CloudWatchLoggingOptions: {
    Enabled: target.logging.enabled,
    ...(target.logging.group !== undefined && { LogGroupName: target.logging.group }),
    ...(target.logging.stream !== undefined && { LogStreamName: target.logging.stream }),
  },
});

const describeProcessor = ({ type, parameters }: Processor) => ({
  Type: type,
  Parameters: parameters.map(([name, value]) => ({
    ParameterName: name as NonNullable<
      Exclude<
        Exclude<
          Exclude<DestinationDescription["ExtendedS3DestinationDescription"], undefined>["ProcessingConfiguration"],
          undefined
        >["Processors"],
        undefined
      >[number]["Parameters"]
    >[number]["ParameterName"],
    ParameterValue: value,
  })),
});
