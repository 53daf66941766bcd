import { unsupported } from "../../../emulator/model/errors.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { parseDestination } from "../destinations.ts";
import { invalidParameter } from "./errors.ts";
import { compileFilter } from "./filter.ts";
import type { Settings } from "./model.ts";
import { isFifoArn, isQueueArn } from "./source-arn.ts";

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
    : mergeStreamSettings(eventSourceArn, before, input);
}

function commonSettings(eventSourceArn: string, before: Settings, input: Input): Settings {
  const { filters: had, ...rest } = before;
  const filters = input.FilterCriteria ? filtersOf(eventSourceArn, input.FilterCriteria) : had;
  return {
    ...rest,
    batchSize: input.BatchSize ?? before.batchSize,
    maximumBatchingWindowInSeconds: input.MaximumBatchingWindowInSeconds ?? before.maximumBatchingWindowInSeconds,
    reportBatchItemFailures: input.FunctionResponseTypes
      ? input.FunctionResponseTypes.includes("ReportBatchItemFailures")
      : before.reportBatchItemFailures,
    countsEvents: input.MetricsConfig ? countsEvents(input.MetricsConfig) : before.countsEvents === true,
    ...(filters && { filters }),
  };
}

/** Whether the mapping publishes metrics of its own. */
function countsEvents({ Metrics = [] }: NonNullable<Input["MetricsConfig"]>): boolean {
  const other = Metrics.find((metric) => metric !== "EventCount");
  if (other !== undefined) throw unsupported(`${other} metrics of event source mappings`);
  return Metrics.length > 0;
}

function mergeQueueSettings(eventSourceArn: string, before: Settings, input: Input): Settings {
  const foreign = STREAM_ONLY.find((member) => input[member] !== undefined);
  if (foreign !== undefined) throw invalidParameter(`${foreign} isn't supported for this event source type`);
  if (isGiven(input.DestinationConfig)) {
    throw invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  const merged = commonSettings(eventSourceArn, before, input);
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
    maximumConcurrency: input.ScalingConfig ? input.ScalingConfig.MaximumConcurrency : before.maximumConcurrency,
  };
}

/** @returns the patterns, or undefined where there are to be none */
function filtersOf(
  eventSourceArn: string,
  { Filters }: NonNullable<Input["FilterCriteria"]>,
): readonly string[] | undefined {
  if (!Filters?.length) return undefined;
  if (Filters.length > MOST_FILTERS) {
    throw invalidParameter(`The number of filters exceeds the limit of ${MOST_FILTERS} for an event source mapping.`);
  }
  return Filters.map(({ Pattern = "" }) => {
    compileFilter(eventSourceArn, Pattern);
    return Pattern;
  });
}

function mergeStreamSettings(eventSourceArn: string, before: Settings, input: Input): Settings {
  if (isGiven(input.ScalingConfig)) throw invalidParameter("ScalingConfig isn't supported for this event source type");
  const age = input.MaximumRecordAgeInSeconds;
  if (age !== undefined && age !== -1 && age < 60) {
    throw invalidParameter("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800.");
  }
  const { onFailureDestination: had, ...rest } = commonSettings(eventSourceArn, before, input);
  const merged: Settings = {
    ...rest,
    parallelizationFactor: input.ParallelizationFactor ?? before.parallelizationFactor,
    maximumRetryAttempts: input.MaximumRetryAttempts ?? before.maximumRetryAttempts,
    maximumRecordAgeInSeconds: age ?? before.maximumRecordAgeInSeconds,
    bisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? before.bisectBatchOnFunctionError,
    tumblingWindowInSeconds: input.TumblingWindowInSeconds ?? before.tumblingWindowInSeconds ?? 0,
  };
  // the state of a window goes from one batch of a shard to the next
  if (merged.tumblingWindowInSeconds !== 0 && merged.parallelizationFactor > 1) {
    throw invalidParameter("ParallelizationFactor must be 1 when TumblingWindowInSeconds is set.");
  }
  const destination = input.DestinationConfig ? onFailureOf(input.DestinationConfig) : had;
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
