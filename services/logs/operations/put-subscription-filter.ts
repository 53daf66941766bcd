import type { Context } from "../../../emulator/model/context.ts";
import { AwsError, unsupported } from "../../../emulator/model/errors.ts";
import { filterLimit, invalidParameter } from "../errors.ts";
import { parseFilterPattern } from "../filter-pattern.ts";
import type { LogsState, Operation } from "../index.ts";
import type { SubscriptionFilter } from "../model.ts";
import { groupArn } from "../names.ts";

const MOST_FILTERS = 2;
const DESTINATION =
  /^arn:aws[\w-]*:(lambda|kinesis|firehose):[a-z0-9-]+:\d{12}:(function:.+|stream\/.+|deliverystream\/.+)$/;

/**
 * Sends the events that match a pattern, from now on, to a function, a stream or a delivery stream. The destination is tried
 * first; a filter of the same name is replaced.
 * @throws ResourceNotFoundException, InvalidParameterException, LimitExceededException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
 */
export const putSubscriptionFilter: Operation<"PutSubscriptionFilter"> = async (ctx, input) => {
  const { id } = ctx.store.group(input.logGroupName);
  const filters = ctx.store.subscriptionFilters;
  parseFilterPattern(input.filterPattern);
  const known = filters.get(id, input.filterName);
  if (!known && filters.of(id).length >= MOST_FILTERS) throw filterLimit();
  const filter: SubscriptionFilter = {
    name: input.filterName,
    pattern: input.filterPattern,
    destinationArn: input.destinationArn,
    roleArn: input.roleArn,
    distribution: input.distribution ?? "ByLogStream",
    createdAt: known?.createdAt ?? ctx.clock.now(),
  };
  await tryDestination(ctx, input.logGroupName, filter);
  // the group may have gone meanwhile
  filters.put(ctx.store.group(input.logGroupName).id, filter);
  return {};
};

async function tryDestination(ctx: Context<LogsState>, group: string, filter: SubscriptionFilter): Promise<void> {
  const { destinationArn, roleArn } = filter;
  if (destinationArn.includes(":logs:")) throw unsupported("A subscription filter to a destination of Logs");
  const service = DESTINATION.exec(destinationArn)?.[1];
  if (service === undefined) throw invalidParameter("destinationArn is not a valid ARN of a supported destination.");
  const route = { account: ctx.account, region: ctx.region, groupArn: groupArn(ctx, group), filter };
  const { deliveries } = ctx.engine;
  if (service === "lambda") {
    if (roleArn !== undefined) throw invalidParameter("destinationArn for vendor lambda cannot be used with roleArn");
    const message =
      "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
    return refusing(deliveries.checkFunction(route), message);
  }
  if (roleArn === undefined)
    throw invalidParameter(`destinationArn for vendor ${service} cannot be used without roleArn`);
  const name = service === "kinesis" ? "Kinesis" : "Firehose";
  const control = {
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [],
    logEvents: [
      {
        id: "",
        timestamp: ctx.clock.now(),
        message: `CWL CONTROL MESSAGE: Checking health of destination ${name}.`,
      },
    ],
  };
  return refusing(
    deliveries.send(route, JSON.stringify(control), "control"),
    `Could not deliver test message to specified ${name} stream. Check if the given ${name} stream is in ACTIVE state.`,
  );
}

async function refusing(work: Promise<unknown>, message: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AwsError) throw invalidParameter(message);
    throw error;
  }
}
