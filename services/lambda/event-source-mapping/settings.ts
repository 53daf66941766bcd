import { unsupported } from "../../../emulator/model/errors.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { parseDestination } from "../destinations.ts";
import { invalidParameter } from "./errors.ts";
import { compilePattern } from "./filter-pattern.ts";
import type { Settings } from "./model.ts";
import { isFifoArn, isQueueArn } from "./source.ts";

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
  SourceAccessConfigurations: "SourceAccessConfigurations of event source mappings",
  AmazonManagedKafkaEventSourceConfig: "Amazon MSK event sources",
  SelfManagedKafkaEventSourceConfig: "Self-managed Apache Kafka event sources",
  DocumentDBEventSourceConfig: "Amazon DocumentDB event sources",
};

/** What only streams have, and what only queues have. */
const STREAM_ONLY = [
  "BisectBatchOnFunctionError",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  "ParallelizationFactor",
  "TumblingWindowInSeconds",
] as const;
const LARGEST_FIFO_BATCH = 10;
const LARGEST_BATCH_WITHOUT_WINDOW = 10;
const MOST_FILTERS = 5;

/**
 * The settings that `before` becomes by what a create or an update gives; limits of single members were checked before.
 * @throws AwsError InvalidParameterValueException, NotImplemented
 */
export function mergeSettings(eventSourceArn: string, before: Settings, input: Input): Settings {
  refuseUnsupported(input);
  return isQueueArn(eventSourceArn)
    ? mergeQueueSettings(eventSourceArn, before, input)
    : mergeStreamSettings(before, input);
}

const commonSettings = (before: Settings, input: Input): Settings => ({
  ...before,
  batchSize: input.BatchSize ?? before.batchSize,
  maximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds ?? before.maximumBatchingWindowInSeconds,
  reportBatchItemFailures: input.FunctionResponseTypes
    ? input.FunctionResponseTypes.includes("ReportBatchItemFailures")
    : before.reportBatchItemFailures,
});

function mergeQueueSettings(eventSourceArn: string, before: Settings, input: Input): Settings {
  const foreign = STREAM_ONLY.find((member) => input[member] !== undefined);
  if (foreign !== undefined) throw invalidParameter(`${foreign} isn't supported for this event source type`);
  if (isGiven(input.DestinationConfig)) {
    throw invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  const merged = commonSettings(before, input);
  const isFifo = isFifoArn(eventSourceArn);
  if (isFifo && merged.maximumBatchingWindowInSeconds > 0) {
    throw invalidParameter("Batching window is not supported for FIFO queues");
  }
  if (isFifo && merged.batchSize > LARGEST_FIFO_BATCH) {
    throw invalidParameter(`Batch size must not exceed ${LARGEST_FIFO_BATCH} for FIFO queues`);
  }
  if (merged.batchSize > LARGEST_BATCH_WITHOUT_WINDOW && merged.maximumBatchingWindowInSeconds === 0) {
    throw invalidParameter(
      `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than ${LARGEST_BATCH_WITHOUT_WINDOW}`,
    );
  }
  return {
    ...merged,
    filters: input.FilterCriteria ? filtersOf(input.FilterCriteria) : before.filters,
    maximumConcurrency: input.ScalingConfig ? input.ScalingConfig.MaximumConcurrency : before.maximumConcurrency,
  };
}

/** @returns the patterns, or undefined where there are to be none */
function filtersOf({ Filters }: NonNullable<Input["FilterCriteria"]>): readonly string[] | undefined {
  if (!Filters?.length) return undefined;
  if (Filters.length > MOST_FILTERS) {
    throw invalidParameter(`The number of filters exceeds the limit of ${MOST_FILTERS} for an event source mapping.`);
  }
  return Filters.map(({ Pattern = "" }) => {
    compilePattern(Pattern);
    return Pattern;
  });
}

function mergeStreamSettings(before: Settings, input: Input): Settings {
  if (input.FilterCriteria?.Filters?.length) throw unsupported("FilterCriteria of event source mappings of streams");
  if (input.TumblingWindowInSeconds) throw unsupported("Tumbling windows (TumblingWindowInSeconds)");
  if (isGiven(input.ScalingConfig)) throw invalidParameter("ScalingConfig isn't supported for this event source type");
  const age = input.MaximumRecordAgeInSeconds;
  if (age !== undefined && age !== -1 && age < 60) {
    throw invalidParameter("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.");
  }
  const { onFailureDestination: _before, ...rest } = commonSettings(before, input);
  const merged: Settings = {
    ...rest,
    parallelizationFactor: input.ParallelizationFactor ?? before.parallelizationFactor,
    maximumRetryAttempts: input.MaximumRetryAttempts ?? before.maximumRetryAttempts,
    maximumRecordAgeInSeconds: age ?? before.maximumRecordAgeInSeconds,
    bisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? before.bisectBatchOnFunctionError,
  };
  const destination = input.DestinationConfig ? onFailureOf(input.DestinationConfig) : before.onFailureDestination;
  return destination === undefined ? merged : { ...merged, onFailureDestination: destination };
}

function refuseUnsupported(input: Input): void {
  for (const [member, what] of Object.entries(UNSUPPORTED)) {
    if (isGiven(input[member as keyof Input])) throw unsupported(what);
  }
}

/** Empty lists, texts and structures say nothing, and templating tools send them. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== "" && !(typeof value === "object" && isEmpty(value));

const isEmpty = (value: object): boolean => Object.values(value).every((member) => !isGiven(member));

/** @returns the ARN of the destination, or undefined where there is to be none */
function onFailureOf(config: NonNullable<Input["DestinationConfig"]>): string | undefined {
  if (config.OnSuccess?.Destination) {
    throw invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  const arn = config.OnFailure?.Destination;
  if (!arn) return undefined;
  const destination = parseDestination(arn);
  if (destination && destination.kind !== "lambda") return arn;
  throw invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn})) is invalid.`,
  );
}
