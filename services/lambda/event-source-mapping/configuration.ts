import type { Mapping } from "./model.ts";
import { isQueueArn } from "./source-arn.ts";

/** A mapping as Lambda answers it. */
export function configurationOf(mapping: Mapping) {
  const { settings } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mappingArn(mapping),
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: mapping.functionArn,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.maximumBatchingWindowInSeconds,
    FunctionResponseTypes: settings.reportBatchItemFailures ? ["ReportBatchItemFailures" as const] : [],
    State: mapping.state,
    StateTransitionReason: mapping.stateTransitionReason,
    LastModified: new Date(mapping.lastModified),
    ...(settings.filters && { FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) } }),
    ...(settings.countsEvents && { MetricsConfig: { Metrics: ["EventCount" as const] } }),
    ...(isQueueArn(mapping.eventSourceArn) ? queueSettings(mapping) : streamSettings(mapping)),
  };
}

const queueSettings = ({ settings: { maximumConcurrency } }: Mapping) => ({
  ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
});

const streamSettings = ({ settings, startingPosition, startingPositionTimestamp, lastProcessingResult }: Mapping) => ({
  ...(startingPosition !== undefined && { StartingPosition: startingPosition }),
  ...(startingPositionTimestamp !== undefined && { StartingPositionTimestamp: new Date(startingPositionTimestamp) }),
  ParallelizationFactor: settings.parallelizationFactor,
  MaximumRetryAttempts: settings.maximumRetryAttempts,
  MaximumRecordAgeInSeconds: settings.maximumRecordAgeInSeconds,
  BisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
  TumblingWindowInSeconds: settings.tumblingWindowInSeconds ?? 0,
  DestinationConfig: {
    OnFailure: settings.onFailureDestination === undefined ? {} : { Destination: settings.onFailureDestination },
  },
  LastProcessingResult: lastProcessingResult,
});

export const mappingArn = ({ account, region, uuid }: Pick<Mapping, "account" | "region" | "uuid">): string =>
  `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
