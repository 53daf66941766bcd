import type { Position } from "../services/lambda/event-source-mapping/model.ts";
import type { BatchStatus, ShardStatus } from "../services/lambda/event-source-mapping/status.ts";
import type { MappingProgress, Progress } from "./mappings-reader.ts";
import { tableLines } from "./table.ts";
import { counted, printable } from "./text.ts";

/** Sequence numbers differ at their ends; all of them is in --json. */
const SHOWN_DIGITS = 12;

const HEADER = ["Shard", "Checkpoint", "Age", "Waiting", "In flight", "Attempt", "Next attempt", "Last error"];

/** A heading and a table for each mapping. */
export function progressLines({ now, mappings }: Progress): string[] {
  return mappings.flatMap((mapping, index) => [
    ...(index === 0 ? [] : [""]),
    heading(mapping) + totals(mapping),
    ...shardTable(mapping, now).map((line) => `  ${line}`),
  ]);
}

function heading(mapping: MappingProgress): string {
  const { function: name, eventSourceArn, state, lastProcessingResult, iteratorAgeMs } = mapping;
  const result = lastProcessingResult === "" ? "" : `, ${lastProcessingResult}`;
  const age = iteratorAgeMs === undefined ? "" : `, iterator age ${duration(iteratorAgeMs)}`;
  return printable(`${sourceName(eventSourceArn)} -> ${name}: ${state}${result}${age}`);
}

const COUNTED: Readonly<Record<keyof ShardStatus["counts"], string>> = {
  read: "read",
  filtered: "filtered out",
  invoked: "handed to the function",
  failed: "failed",
  discarded: "given up",
  sentOnFailure: "sent to the on-failure destination",
  deleted: "deleted",
};

/** What became of the records since the reading began: " (10 read, 4 filtered out, 6 handed to the function)". */
function totals({ shards = [] }: MappingProgress): string {
  const shown = Object.entries(COUNTED)
    .map(([name, words]) => ({ words, count: sum(shards, name as keyof typeof COUNTED) }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count} ${words}`);
  return shown.length === 0 ? "" : ` (${shown.join(", ")})`;
}

const sum = (shards: readonly ShardStatus[], name: keyof ShardStatus["counts"]): number =>
  shards.reduce((total, { counts }) => total + counts[name], 0);

/** `stream/rivers`, `table/orders`, or the name of a queue; of a stream's consumer that as well. */
function sourceName(arn: string): string {
  const [, , service, , , ...resource] = arn.split(":");
  const name = resource.join(":");
  if (service === "dynamodb") return name.replace(/\/stream\/.*/, "");
  return name.replace(/:\d+$/, "");
}

function shardTable({ shards }: MappingProgress, now: number): string[] {
  if (!shards?.length) return [];
  const hasWindow = shards.some(({ window }) => window);
  const rows = shards.flatMap((shard) => shardRows(shard, now));
  if (!hasWindow) return tableLines(HEADER, rows);
  const windows = shards.flatMap((shard) => [windowCell(shard), ...shard.batches.slice(1).map(() => "")]);
  return tableLines(
    [...HEADER.slice(0, 3), "Window", ...HEADER.slice(3)],
    rows.map((row, index) => [...row.slice(0, 3), windows[index] ?? "", ...row.slice(3)]),
  );
}

const WAITS = "waits for its parents";

const age = (milliseconds: number | null): string => (milliseconds === null ? "unknown" : duration(milliseconds));

/** A line for the shard with its first batch, and one for each other batch. */
function shardRows(shard: ShardStatus, now: number): (string | number)[][] {
  const { shardId, state, position, iteratorAgeMs, waiting, batches, lastError } = shard;
  const [first, ...others] = batches;
  const own = [shardId ?? "(queue)", checkpoint(position), age(iteratorAgeMs), waiting];
  const error = first?.lastError ?? lastError?.message ?? "";
  return [
    [...own, ...(state === "waiting" ? [WAITS, "", ""] : batchCells(first, now)), printable(error)],
    ...others.map((batch) => ["", "", "", "", ...batchCells(batch, now), printable(batch.lastError ?? "")]),
  ];
}

function batchCells(batch: BatchStatus | undefined, now: number): string[] {
  if (!batch) return ["-", "", ""];
  const { size, first, last, attempt, nextAttemptAt } = batch;
  const range = first === last ? shortened(first) : `${shortened(first)} to ${shortened(last)}`;
  const next = nextAttemptAt === null ? "running" : `in ${duration(Math.max(0, nextAttemptAt - now))}`;
  return [`${size}: ${range}`, String(attempt), next];
}

const windowCell = ({ window }: ShardStatus): string =>
  window ? `${timeOf(window.start)} to ${timeOf(window.end)}, ${window.stateBytes} B` : "";

const timeOf = (iso: string): string => iso.slice(11, 19);

const shortened = (id: string | null): string =>
  id === null ? "?" : /^\d+$/.test(id) && id.length > SHOWN_DIGITS ? `…${id.slice(-SHOWN_DIGITS)}` : printable(id);

/** Behind which record reading goes on. */
function checkpoint(position: Position | null): string {
  switch (position?.kind) {
    case undefined:
      return "-";
    case "horizon":
      return "the beginning";
    case "latest":
      return `the end at ${new Date(position.atMs).toISOString()}`;
    case "timestamp":
      return `from ${new Date(position.atMs).toISOString()}`;
    case "finished":
      return "read to its end";
    case "after":
      return shortened(position.sequenceNumber);
  }
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** "0 s", "850 ms", "12.3 s", "3 min 20 s", "2 h 5 min" */
export function duration(milliseconds: number): string {
  if (milliseconds === 0) return "0 s";
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / 100) / 10} s`;
  if (milliseconds < HOUR)
    return `${Math.floor(milliseconds / MINUTE)} min ${Math.floor((milliseconds % MINUTE) / SECOND)} s`;
  return `${Math.floor(milliseconds / HOUR)} h ${Math.floor((milliseconds % HOUR) / MINUTE)} min`;
}

/** One part of the progress that can change: a shard, or a mapping whose shards are not known. */
export interface Part {
  readonly key: string;
  /** The same as long as nothing worth a line has changed: an age grows all the time. */
  readonly state: string;
  readonly line: string;
  readonly value: object;
}

/** The parts of the progress, for those who follow it line by line. */
export function partsOf({ now, mappings }: Progress): Part[] {
  return mappings.flatMap((mapping) => {
    const { shards, ...own } = mapping;
    const at = new Date(now).toISOString();
    const of: Part = {
      key: mapping.uuid,
      state: `${mapping.state} ${mapping.lastProcessingResult} ${mapping.iteratorAgeMs ?? ""}`,
      line: `${at}  ${heading(mapping)}`,
      value: { at, ...own },
    };
    const { uuid, function: name, eventSourceArn } = mapping;
    return [
      of,
      ...(shards ?? []).map((shard) => ({
        key: `${uuid} ${shard.shardId ?? ""}`,
        state: JSON.stringify([shard.state, shard.position, shard.batches, shard.lastError, shard.window]),
        line: `${at}  ${printable(name)}  ${shardLine(shard, now)}`,
        value: { at, uuid, function: name, eventSourceArn, ...shard },
      })),
    ];
  });
}

function shardLine(shard: ShardStatus, now: number): string {
  const batches = shard.batches.map((batch) => {
    const [range, attempt, next] = batchCells(batch, now);
    const error = batch.lastError === null ? "" : `, after ${printable(batch.lastError)}`;
    return `batch of ${range}, attempt ${attempt} ${next}${error}`;
  });
  const failure = shard.batches.length === 0 && shard.lastError ? [printable(shard.lastError.message)] : [];
  const parts = [
    shard.shardId ?? "(queue)",
    `checkpoint ${checkpoint(shard.position)}`,
    `age ${age(shard.iteratorAgeMs)}`,
    `${counted(shard.waiting, "record")} waiting`,
    ...(shard.window ? [`window ${windowCell(shard)}`] : []),
    ...(batches.length === 0 ? [shard.state === "waiting" ? WAITS : "nothing in flight"] : batches),
    ...failure,
  ];
  return parts.join("; ");
}
