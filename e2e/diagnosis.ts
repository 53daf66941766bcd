import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Target } from "../cli/targets/index.ts";
import { resourcesOf } from "./remains.ts";

const LOG_LINES = 8;

/**
 * How a stack is when it did not do what it was to do: the state of its event source mappings and the last lines of its
 * functions' logs. What cannot be asked for is said so in its place: the first failure is the one to tell of.
 */
export async function diagnose(target: Target, stack: string): Promise<string> {
  const resources = await resourcesOf(target, stack).catch((error: Error) => error);
  if (resources instanceof Error) return `${stack}: its resources cannot be listed (${resources.message})`;
  const each = await Promise.all(
    resources.map(({ ResourceType, PhysicalResourceId: id = "" }) =>
      (DIAGNOSES[ResourceType ?? ""] ?? nothing)(target, id).catch((error: Error) => [`${id}: ${error.message}`]),
    ),
  );
  return each.flat().join("\n");
}

const DIAGNOSES: Readonly<Record<string, (target: Target, id: string) => Promise<string[]>>> = {
  "AWS::Lambda::EventSourceMapping": ofMapping,
  "AWS::Lambda::Function": ofFunction,
};

const nothing = (): Promise<string[]> => Promise.resolve([]);

async function ofMapping({ clientConfig }: Target, UUID: string): Promise<string[]> {
  const { FunctionArn, State, LastProcessingResult } = await new LambdaClient(clientConfig).send(
    new GetEventSourceMappingCommand({ UUID }),
  );
  return [`mapping of ${FunctionArn?.split(":").at(-1)}: State ${State}, LastProcessingResult ${LastProcessingResult}`];
}

async function ofFunction({ clientConfig }: Target, name: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(clientConfig);
  const logGroupName = `/aws/lambda/${name}`;
  const { logStreams = [] } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true, limit: 1 }),
  );
  const [newest] = logStreams;
  if (!newest) return [`${name} has not logged anything`];
  const { events = [] } = await client.send(
    new GetLogEventsCommand({
      logGroupName,
      logStreamName: newest.logStreamName,
      limit: LOG_LINES,
      startFromHead: false,
    }),
  );
  return [`last lines of ${name}:`, ...events.map(({ message }) => `  ${message?.trimEnd()}`)];
}
