import { COUNT_HEADER, countLine, type CountItem, CountsReader } from "../counts-reader.ts";
import { pipelineOutputs } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { interruptSignal, pause } from "../interrupt.ts";
import { findPipeline } from "../pipelines/index.ts";
import { tableLines } from "../table.ts";
import { counted } from "../text.ts";
import { onTarget, type TargetOptions } from "../targets/index.ts";

export interface CountsOptions extends TargetOptions {
  readonly follow?: boolean;
  readonly county?: string;
  readonly json?: boolean;
}

const FOLLOW_INTERVAL_MS = 500;

interface Following {
  readonly isJson: boolean;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** `headwater counts`: the items of the counts table, oldest first. */
export async function counts(name: string, options: CountsOptions): Promise<void> {
  const pipeline = findPipeline(name);
  const signal = options.follow ? interruptSignal() : undefined;
  await onTarget(options, async (target) => {
    const outputs = await pipelineOutputs(target, pipeline);
    const table = outputs["CountsTableName"];
    if (table === undefined) throw new UserError(`${name} has no counts. Pipelines that have: rivers.`);
    const reader = new CountsReader(target, table, options.county);
    // an account is charged for what is read
    const intervalMs = Math.max(FOLLOW_INTERVAL_MS, target.pollMs);
    if (signal) await follow(reader, { isJson: options.json ?? false, intervalMs, signal });
    else show(await reader.next(), options);
  });
}

async function follow(reader: CountsReader, { isJson, intervalMs, signal }: Following): Promise<void> {
  if (!isJson) print(COUNT_HEADER);
  while (!signal.aborted) {
    for (const item of await reader.next()) print(isJson ? JSON.stringify(item) : countLine(item));
    await pause(intervalMs, signal);
  }
}

function show(items: readonly CountItem[], { json, county }: CountsOptions): void {
  if (json) return print(JSON.stringify(items, null, 2));
  if (items.length === 0) return print(county === undefined ? "No counts yet." : `No counts of ${county} yet.`);
  const rows = items.map(({ County, Timestamp, Count }) => [County, Timestamp, Count]);
  for (const line of tableLines(["County", "Timestamp", "Count"], rows)) print(line);
  const total = items.reduce((sum, { Count }) => sum + Count, 0);
  const counties = new Set(items.map(({ County }) => County)).size;
  print(`${counted(total, "row")} in ${counted(counties, "county", "counties")}, ${counted(items.length, "item")}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
