import { unsupported } from "../../../emulator/model/errors.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { configurationOf } from "../event-source-mapping/configuration.ts";
import { invalidParameter, memberIsNull } from "../event-source-mapping/errors.ts";
import { findFunction } from "../event-source-mapping/function-lookup.ts";
import {
  defaultQueueSettings,
  defaultSettings,
  type Mapping,
  type StartingPosition,
} from "../event-source-mapping/model.ts";
import { mergeSettings } from "../event-source-mapping/settings.ts";
import { checkOnFailure } from "../event-source-mapping/on-failure.ts";
import { isQueueArn, kindOf, requireSource } from "../event-source-mapping/source-arn.ts";
import type { Operation } from "../index.ts";
import { checkTags } from "../settings.ts";

/**
 * Has a function called with the records of a Kinesis or DynamoDB stream or the messages of an SQS queue. The mapping is Creating when
 * this answers, and Enabled or Disabled soon after; what is put into a stream after the answer is not missed.
 * @throws InvalidParameterValueException, ResourceConflictException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export const createEventSourceMapping: Operation<"CreateEventSourceMapping"> = async (ctx, input) => {
  refuseOtherSources(input);
  if (!input.EventSourceArn) throw invalidParameter("Unrecognized event source.");
  requireSource(input.EventSourceArn, ctx.region);
  checkTags(input.Tags ?? {});
  const isQueue = isQueueArn(input.EventSourceArn);
  const settings = mergeSettings(input.EventSourceArn, isQueue ? defaultQueueSettings : defaultSettings, input);
  const start = isQueue ? startOfQueue(input) : startOf(input, input.EventSourceArn, ctx.clock.now());
  const { functionArn, role } = findFunction(ctx.store, ctx.ids, input.FunctionName);
  await checkOnFailure(ctx, functionArn, role, settings);

  const mapping: Mapping = {
    account: ctx.account,
    region: ctx.region,
    uuid: ctx.ids.uuid(),
    eventSourceArn: input.EventSourceArn,
    functionArn,
    role,
    ...start,
    settings,
    enabled: input.Enabled ?? true,
    state: "Creating",
    stateTransitionReason: isQueue ? "USER_INITIATED" : "User action",
    lastProcessingResult: "No records processed",
    lastModified: ctx.clock.now(),
    tags: { ...input.Tags },
  };
  await ctx.engine.mappings.create(mapping);
  return configurationOf(mapping);
};

type Input = InputOf<"lambda", "CreateEventSourceMapping">;

function refuseOtherSources(input: Input): void {
  if (input.SelfManagedEventSource) throw unsupported("Self-managed Apache Kafka event sources");
  if (input.Topics?.length) throw unsupported("Amazon MSK event sources");
  if (input.Queues?.length) throw unsupported("Amazon MQ event sources");
}

function startOfQueue({ StartingPosition, StartingPositionTimestamp }: Input): object {
  if (StartingPosition || StartingPositionTimestamp) {
    throw invalidParameter("StartingPosition is not valid for SQS event sources.");
  }
  return {};
}

function startOf(
  { StartingPosition, StartingPositionTimestamp }: Input,
  eventSourceArn: string,
  nowMs: number,
): { startingPosition: StartingPosition; startingPositionTimestamp?: number } {
  if (!StartingPosition) throw memberIsNull("startingPosition");
  if (StartingPosition !== "AT_TIMESTAMP") {
    if (StartingPositionTimestamp) {
      throw invalidParameter("StartingPositionTimestamp is supported only with StartingPosition AT_TIMESTAMP.");
    }
    return { startingPosition: StartingPosition };
  }
  if (kindOf(eventSourceArn) === "dynamodb") {
    throw invalidParameter(`Unsupported starting position for arn type: ${eventSourceArn}`);
  }
  if (!StartingPositionTimestamp) throw memberIsNull("startingPositionTimestamp");
  const startingPositionTimestamp = StartingPositionTimestamp.getTime();
  if (startingPositionTimestamp > nowMs) throw invalidParameter("StartingPositionTimestamp cannot be in the future.");
  return { startingPosition: StartingPosition, startingPositionTimestamp };
}
