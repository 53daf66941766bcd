import { APIGatewayClient, GetStagesCommand, paginateGetRestApis } from "@aws-sdk/client-api-gateway";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DescribeDeliveryStreamCommand, FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { paginateDescribeStacks } from "@aws-sdk/client-cloudformation";
import { DescribeStreamSummaryCommand, paginateListStreams } from "@aws-sdk/client-kinesis";
import { LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import { showIdentity } from "../aws/identity.ts";
import { cloudFormation } from "../deployment/stack.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { tableLines } from "../table.ts";
import { onTarget, type Target, type TargetOptions } from "../targets/index.ts";

/** `headwater status`: what is there, and how it is. */
export async function status(options: TargetOptions): Promise<void> {
  await onTarget(options, async (target) => {
    if (target.account) await showIdentity(target);
    else print(`Target ${target.name}, ${target.clientConfig.region}${await health(target)}`);
    section("Stacks", ["Name", "Status", "Since"], await stacks(target));
    section("Streams", ["Name", "Status", "Mode", "Open shards", "Retention"], await streams(target));
    section("Firehose streams", ["Name", "Status", "Source", "Bucket"], await deliveryStreams(target));
    section("REST APIs", ["Name", "Stage", "URL"], await apis(target));
    section("Event source mappings", ["Function", "Source", "State", "Batch", "Last result"], await mappings(target));
    section("Alarms", ["Name", "State", "Since", "Reason"], await alarms(target));
  });
}

async function health({ healthUrl }: Target): Promise<string> {
  if (healthUrl === undefined) return "";
  const response = await fetch(healthUrl, { signal: AbortSignal.timeout(5000) });
  const { origin } = new URL(healthUrl);
  if (!response.ok) return `: ${origin} is not well (HTTP ${response.status})`;
  const { services = {}, version } = (await response.json()) as { services?: object; version?: string };
  const names = Object.keys(services).toSorted().join(", ");
  return `: ${origin} is well${version === undefined ? "" : `, version ${version}`}${names && `\nServices: ${names}`}`;
}

async function stacks(target: Target) {
  const rows: string[][] = [];
  for await (const page of paginateDescribeStacks({ client: cloudFormation(target) }, {})) {
    for (const { StackName, StackStatus, LastUpdatedTime, CreationTime } of page.Stacks ?? []) {
      rows.push([StackName ?? "", StackStatus ?? "", (LastUpdatedTime ?? CreationTime)?.toISOString() ?? ""]);
    }
  }
  return rows;
}

async function streams(target: Target) {
  const client = kinesisClient(target.clientConfig);
  const rows: (string | number)[][] = [];
  for await (const page of paginateListStreams({ client }, {})) {
    for (const StreamName of page.StreamNames ?? []) {
      const { StreamDescriptionSummary: it } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
      const mode = it?.StreamModeDetails?.StreamMode ?? "";
      rows.push([StreamName, it?.StreamStatus ?? "", mode, it?.OpenShardCount ?? 0, `${it?.RetentionPeriodHours} h`]);
    }
  }
  client.destroy();
  return rows;
}

async function deliveryStreams(target: Target) {
  const client = new FirehoseClient(target.clientConfig);
  const rows: string[][] = [];
  let last: string | undefined;
  for (let hasMore = true; hasMore;) {
    const page = await client.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName: last }));
    for (const DeliveryStreamName of page.DeliveryStreamNames ?? []) {
      const { DeliveryStreamDescription: it } = await client.send(
        new DescribeDeliveryStreamCommand({ DeliveryStreamName }),
      );
      const bucket = it?.Destinations?.[0]?.S3DestinationDescription?.BucketARN?.split(":").at(-1) ?? "";
      rows.push([DeliveryStreamName, it?.DeliveryStreamStatus ?? "", it?.DeliveryStreamType ?? "", bucket]);
      last = DeliveryStreamName;
    }
    hasMore = page.HasMoreDeliveryStreams ?? false;
  }
  return rows;
}

async function apis(target: Target) {
  const client = new APIGatewayClient(target.clientConfig);
  const rows: string[][] = [];
  for await (const { items = [] } of paginateGetRestApis({ client }, {})) {
    for (const { id = "", name = "" } of items) {
      const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId: id }));
      for (const { stageName = "" } of stages) rows.push([name, stageName, target.apiUrl(id, stageName)]);
    }
  }
  return rows;
}

async function alarms(target: Target) {
  const rows: string[][] = [];
  const client = new CloudWatchClient(target.clientConfig);
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {})) {
    for (const { AlarmName, StateValue, StateUpdatedTimestamp, StateReason } of MetricAlarms) {
      rows.push([AlarmName ?? "", StateValue ?? "", StateUpdatedTimestamp?.toISOString() ?? "", StateReason ?? ""]);
    }
  }
  return rows;
}

async function mappings(target: Target) {
  const rows: (string | number)[][] = [];
  const client = new LambdaClient(target.clientConfig);
  for await (const page of paginateListEventSourceMappings({ client }, {})) {
    for (const { FunctionArn, EventSourceArn, State, BatchSize, LastProcessingResult } of page.EventSourceMappings ??
      []) {
      const functionName = FunctionArn?.split(":")[6] ?? "";
      const source = EventSourceArn?.split(":").at(-1) ?? "";
      rows.push([functionName, source, State ?? "", BatchSize ?? 0, LastProcessingResult ?? ""]);
    }
  }
  return rows;
}

function section(title: string, header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  print(`\n${title}${rows.length === 0 ? ": none" : ""}`);
  if (rows.length > 0) for (const line of tableLines(header, rows)) print(`  ${line}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
