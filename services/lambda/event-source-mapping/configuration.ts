import type { Mapping } from "./model.ts";

/** A mapping as Lambda answers it. */
export function configurationOf(mapping: Mapping) {
  const { settings } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mappingArn(mapping),
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: mapping.functionArn,
    StartingPosition: mapping.startingPosition,
    ...(mapping.startingPositionTimestamp !== undefined && {
      StartingPositionTimestamp: new Date(mapping.startingPositionTimestamp),
    }),
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.maximumBatchingWindowInSeconds,
    ParallelizationFactor: settings.parallelizationFactor,
    MaximumRetryAttempts: settings.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: settings.maximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: settings.reportBatchItemFailures ? ["ReportBatchItemFailures" as const] : [],
    DestinationConfig: {
      OnFailure: settings.onFailureDestination === undefined ? {} : { Destination: settings.onFailureDestination },
    },
    State: mapping.state,
    StateTransitionReason: mapping.stateTransitionReason,
    LastProcessingResult: mapping.lastProcessingResult,
    LastModified: new Date(mapping.lastModified),
  };
}

export const mappingArn = ({ account, region, uuid }: Pick<Mapping, "account" | "region" | "uuid">): string =>
  `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
