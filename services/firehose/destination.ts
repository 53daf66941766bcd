import type { InputOf } from "../../emulator/model/sdk.ts";
import { unsupported } from "../../emulator/model/errors.ts";
import { checkDestination } from "./destination-checks.ts";
import { invalidArgument } from "./errors.ts";
import type { Compression, Destination, LoggingOptions, S3Target } from "./model.ts";
import { readProcessors } from "./processors.ts";

type CreateInput = InputOf<"firehose", "CreateDeliveryStream">;
type UpdateInput = InputOf<"firehose", "UpdateDestination">;
type Given<T> = Exclude<T, undefined>;

type NewSettings = Given<CreateInput["ExtendedS3DestinationConfiguration"]>;
type ChangedSettings = Given<UpdateInput["ExtendedS3DestinationUpdate"]>;
/** Of a creation or an update; the older S3 settings are some of them. */
type Settings = Partial<NewSettings> & ChangedSettings;
type TargetSettings = Given<UpdateInput["S3DestinationUpdate"]>;

const DEFAULT_BUFFERING = { sizeMiB: 5, intervalSeconds: 300 };
/** What dynamic partitioning buffers when nothing is said. */
const PARTITIONED_SIZE_MIB = 64;
const DEFAULT_RETRY_SECONDS = 300;

/**
 * The destination of a new stream.
 * @throws AwsError InvalidArgumentException, NotImplemented
 */
export function newDestination(input: NewSettings): Destination {
  const initial: Destination = {
    roleArn: input.RoleARN,
    bucketArn: input.BucketARN,
    buffering: DEFAULT_BUFFERING,
    compression: "UNCOMPRESSED",
    logging: { enabled: false },
    processing: { enabled: false, processors: [] },
  };
  const destination = changed(initial, input);
  const isLarger = destination.dynamicPartitioning?.enabled && input.BufferingHints === undefined;
  const buffering = isLarger ? { ...DEFAULT_BUFFERING, sizeMiB: PARTITIONED_SIZE_MIB } : destination.buffering;
  return checkDestination({ ...destination, buffering });
}

/**
 * The destination with what an update says; what it does not say stays.
 * @throws AwsError InvalidArgumentException, NotImplemented
 */
export function updatedDestination(current: Destination, update: ChangedSettings): Destination {
  const next = checkDestination(changed(current, update));
  if (current.backup && !next.backup) throw invalidArgument("S3 backup cannot be disabled once it has been enabled.");
  if ((next.dynamicPartitioning?.enabled ?? false) !== (current.dynamicPartitioning?.enabled ?? false)) {
    throw invalidArgument("Dynamic Partitioning cannot be enabled or disabled for an existing delivery stream.");
  }
  return next;
}

function changed(current: Destination, input: Settings): Destination {
  const target = { ...current, ...changedTarget(current, input) };
  return { ...target, ...extendedSettings(target, input) };
}

function changedTarget(current: S3Target, input: TargetSettings): S3Target {
  const { EncryptionConfiguration: encryption } = input;
  if (encryption?.KMSEncryptionConfig?.AWSKMSKeyARN !== undefined) {
    if (encryption.NoEncryptionConfig !== undefined) {
      throw invalidArgument("Exactly one of NoEncryptionConfig or KMSEncryptionConfig must be specified");
    }
    throw unsupported("KMSEncryptionConfig of EncryptionConfiguration");
  }
  return {
    ...current,
    roleArn: input.RoleARN ?? current.roleArn,
    bucketArn: input.BucketARN ?? current.bucketArn,
    ...(input.Prefix !== undefined && { prefix: input.Prefix }),
    ...(input.ErrorOutputPrefix !== undefined && { errorOutputPrefix: input.ErrorOutputPrefix }),
    buffering: bufferingHints(current, input.BufferingHints),
    compression: input.CompressionFormat === undefined ? current.compression : compression(input.CompressionFormat),
    logging: input.CloudWatchLoggingOptions ? logging(input.CloudWatchLoggingOptions) : current.logging,
  };
}

function bufferingHints({ buffering }: S3Target, hints: TargetSettings["BufferingHints"]): S3Target["buffering"] {
  if (hints === undefined) return buffering;
  const { SizeInMBs, IntervalInSeconds } = hints;
  if (SizeInMBs === undefined && IntervalInSeconds === undefined) return buffering;
  if (SizeInMBs === undefined || IntervalInSeconds === undefined) {
    throw invalidArgument("Both BufferingHints.SizeInMBs and BufferingHints.IntervalInSeconds must be specified.");
  }
  return { sizeMiB: SizeInMBs, intervalSeconds: IntervalInSeconds };
}

function compression(format: string): Compression {
  if (format === "Snappy" || format === "HADOOP_SNAPPY") throw unsupported(`CompressionFormat ${format}`);
  return format as Compression;
}

function logging(options: Given<TargetSettings["CloudWatchLoggingOptions"]>): LoggingOptions {
  return {
    enabled: options.Enabled ?? false,
    ...(options.LogGroupName !== undefined && { group: options.LogGroupName }),
    ...(options.LogStreamName !== undefined && { stream: options.LogStreamName }),
  };
}

function extendedSettings(current: Destination, input: Settings): Partial<Destination> {
  const { ProcessingConfiguration: processing, DynamicPartitioningConfiguration: partitioning } = input;
  return {
    ...(processing && {
      processing: {
        enabled: processing.Enabled ?? current.processing.enabled,
        processors: readProcessors(processing.Processors ?? [], current.roleArn),
      },
    }),
    ...(partitioning && {
      dynamicPartitioning: {
        enabled: partitioning.Enabled ?? current.dynamicPartitioning?.enabled ?? false,
        retrySeconds:
          partitioning.RetryOptions?.DurationInSeconds ??
          current.dynamicPartitioning?.retrySeconds ??
          DEFAULT_RETRY_SECONDS,
      },
    }),
    ...backupSettings(current, input),
    ...(isConversionOff(input.DataFormatConversionConfiguration) && { conversionOff: true as const }),
    ...(input.FileExtension !== undefined && { fileExtension: input.FileExtension }),
    ...(input.CustomTimeZone !== undefined && { timeZone: input.CustomTimeZone }),
  };
}

function backupSettings(current: Destination, input: Settings): Pick<Destination, "backup"> {
  const given = input.S3BackupConfiguration ?? input.S3BackupUpdate;
  const isEnabled = input.S3BackupMode === undefined ? current.backup !== undefined : input.S3BackupMode === "Enabled";
  if (!isEnabled) {
    if (given !== undefined && input.S3BackupMode !== "Disabled") {
      throw invalidArgument("S3 backup configuration must not be given while S3 backup is disabled.");
    }
    // a backup that was there is refused by the caller
    return { backup: undefined };
  }
  if (given === undefined) {
    if (current.backup) return { backup: current.backup };
    throw invalidArgument("S3 backup destination configuration is required when enabling S3 backup.");
  }
  const { RoleARN: roleArn = current.backup?.roleArn, BucketARN: bucketArn = current.backup?.bucketArn } = given;
  if (roleArn === undefined || bucketArn === undefined) {
    throw invalidArgument("S3 backup destination configuration is required when enabling S3 backup.");
  }
  const initial: S3Target = current.backup ?? {
    roleArn,
    bucketArn,
    buffering: DEFAULT_BUFFERING,
    compression: "UNCOMPRESSED",
    logging: { enabled: false },
  };
  return { backup: changedTarget(initial, given) };
}

/** Records are never converted to Parquet or ORC: the setting may only say so. */
function isConversionOff(conversion: Settings["DataFormatConversionConfiguration"]): boolean {
  if (conversion === undefined) return false;
  const { Enabled: isOn = true, ...formats } = conversion;
  if (isOn || Object.keys(formats).length > 0) throw unsupported("DataFormatConversionConfiguration");
  return true;
}
