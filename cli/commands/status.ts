import { paginateDescribeStacks } from "@aws-sdk/client-cloudformation";
import { DescribeStreamSummaryCommand, KinesisClient, paginateListStreams } from "@aws-sdk/client-kinesis";
import { LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import { cloudFormation } from "../deployment/stack.ts";
import { tableLines } from "../table.ts";
import { onTarget, type Target, type TargetOptions } from "../targets.ts";

/** `headwater status`: what is there, and how it is. */
export async function status(options: TargetOptions): Promise<void> {
  await onTarget(options, async (target) => {
    print(`Target ${target.name}, ${target.clientConfig.region}${await health(target)}`);
    section("Stacks", ["Name", "Status", "Since"], await stacks(target));
    section("Streams", ["Name", "Status", "Mode", "Open shards", "Retention"], await streams(target));
    section("Event source mappings", ["Function", "Source", "State", "Batch", "Last result"], await mappings(target));
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
  const client = new KinesisClient(target.clientConfig);
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
