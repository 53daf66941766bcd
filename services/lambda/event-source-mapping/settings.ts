import { unsupported } from "../../../emulator/model/errors.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { S3_ARN_PREFIX } from "./destination.ts";
import { invalidParameter } from "./errors.ts";
import type { Settings } from "./model.ts";

/** What both a create and an update may give. */
type Input = Omit<
  Pick<
    InputOf<"lambda", "CreateEventSourceMapping">,
    keyof InputOf<"lambda", "CreateEventSourceMapping"> & keyof InputOf<"lambda", "UpdateEventSourceMapping">
  >,
  "FunctionName"
>;

/** What AWS has and a mapping of ours would not do. Never taken in silence. */
const UNSUPPORTED: Readonly<Partial<Record<keyof Input, string>>> = {
  KMSKeyArn: "KMSKeyArn of event source mappings",
  MetricsConfig: "MetricsConfig of event source mappings",
  LoggingConfig: "LoggingConfig of event source mappings",
  ProvisionedPollerConfig: "ProvisionedPollerConfig of event source mappings",
  ScalingConfig: "ScalingConfig of event source mappings",
  SourceAccessConfigurations: "SourceAccessConfigurations of event source mappings",
  AmazonManagedKafkaEventSourceConfig: "Amazon MSK event sources",
  SelfManagedKafkaEventSourceConfig: "Self-managed Apache Kafka event sources",
  DocumentDBEventSourceConfig: "Amazon DocumentDB event sources",
};

/**
 * The settings that `before` becomes by what a create or an update gives; limits of single members were checked before.
 * @throws AwsError InvalidParameterValueException, NotImplemented
 */
export function mergeSettings(before: Settings, input: Input): Settings {
  refuseUnsupported(input);
  const age = input.MaximumRecordAgeInSeconds;
  if (age !== undefined && age !== -1 && age < 60) {
    throw invalidParameter("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.");
  }
  const merged: Settings = {
    batchSize: input.BatchSize ?? before.batchSize,
    maximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds ?? before.maximumBatchingWindowInSeconds,
    parallelizationFactor: input.ParallelizationFactor ?? before.parallelizationFactor,
    maximumRetryAttempts: input.MaximumRetryAttempts ?? before.maximumRetryAttempts,
    maximumRecordAgeInSeconds: age ?? before.maximumRecordAgeInSeconds,
    bisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? before.bisectBatchOnFunctionError,
    reportBatchItemFailures: input.FunctionResponseTypes
      ? input.FunctionResponseTypes.includes("ReportBatchItemFailures")
      : before.reportBatchItemFailures,
  };
  const destination = input.DestinationConfig ? onFailureOf(input.DestinationConfig) : before.onFailureDestination;
  return destination === undefined ? merged : { ...merged, onFailureDestination: destination };
}

function refuseUnsupported(input: Input): void {
  if (input.FilterCriteria?.Filters?.length) throw unsupported("FilterCriteria of event source mappings");
  if (input.TumblingWindowInSeconds) throw unsupported("Tumbling windows (TumblingWindowInSeconds)");
  for (const [member, what] of Object.entries(UNSUPPORTED)) {
    if (isGiven(input[member as keyof Input])) throw unsupported(what);
  }
}

/** Empty lists, texts and structures say nothing, and templating tools send them. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== "" && !(typeof value === "object" && isEmpty(value));

const isEmpty = (value: object): boolean => Object.values(value).every((member) => !isGiven(member));

/** @returns the ARN of the bucket, or undefined where there is to be no destination */
function onFailureOf(config: NonNullable<Input["DestinationConfig"]>): string | undefined {
  if (config.OnSuccess?.Destination) {
    throw invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  const arn = config.OnFailure?.Destination;
  if (!arn) return undefined;
  if (arn.startsWith(S3_ARN_PREFIX) && arn.length > S3_ARN_PREFIX.length && !arn.includes("/")) return arn;
  if (arn.startsWith("kafka://")) throw unsupported("A Kafka topic as on-failure destination");
  const service = arn.split(":")[2];
  if (service === "sqs") throw unsupported("An Amazon SQS queue as on-failure destination");
  if (service === "sns") throw unsupported("An Amazon SNS topic as on-failure destination");
  throw invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn})) is invalid.`,
  );
}
