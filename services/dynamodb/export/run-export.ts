import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../../../emulator/model/context.ts";
import { itemsOf } from "../backups/backups.ts";
import type { Snapshot } from "../backups/model.ts";
import { beginSnapshot } from "../backups/snapshots.ts";
import { itemKey, segmentRange } from "../item-keys.ts";
import type { EntryRange } from "../item-store.ts";
import { keyOf } from "../key-checks.ts";
import type { DynamoDbStore } from "../store.ts";
import { partitionsOf } from "../streams/shards.ts";
import { ChangedItems } from "./changed-items.ts";
import { dataFileName, putLines, putObject, putWithChecksum, type DataFile, type Destination } from "./data-file.ts";
import { failureOf } from "./failure.ts";
import type { ExportJob } from "./model.ts";

const ITEMS_AT_ONCE = 500;
const BYTES_AT_ONCE = 1024 * 1024;

export interface JobScope {
  readonly host: Host;
  readonly store: DynamoDbStore;
  /** Aborted when the emulator stops. */
  readonly signal: AbortSignal;
}

/** Carries an export out, from its beginning: one that a stop has interrupted begins anew, and writes other data files. */
export async function runExport(scope: JobScope, begun: ExportJob): Promise<void> {
  const { store, host, signal } = scope;
  const job = withScratch(store, begun);
  let ended: Pick<ExportJob, "status" | "failure" | "result">;
  try {
    ended = { status: "COMPLETED", result: await write(scope, job) };
  } catch (error) {
    if (signal.aborted) return;
    ended = { status: "FAILED", failure: failureOf(error) };
    if (ended.failure?.code === "UNKNOWN") host.log.error("an export of a table failed", { exportArn: job.arn, error });
  }
  store.write(() => {
    store.exports.put({ ...job, ...ended, endedAt: host.clock.now(), scratch: [] });
    for (const space of job.scratch) store.addGarbage(space);
  });
  store.holds.release(job.table.space, job.table.recovery?.log);
  store.collect();
}

function withScratch(store: DynamoDbStore, job: ExportJob): ExportJob {
  return store.write(() => {
    for (const space of job.scratch) store.addGarbage(space);
    const next = { ...job, scratch: [store.allocateSpace(), store.allocateSpace()] };
    store.exports.put(next);
    return next;
  });
}

async function write(scope: JobScope, job: ExportJob): Promise<NonNullable<ExportJob["result"]>> {
  const { host, store } = scope;
  const { account, region } = store;
  const call = host.callAs({ account, region, principal: job.principal, via: "dynamodb.amazonaws.com" });
  const to: Destination = { call, input: job.input };
  const root = `${rootOf(job.input.S3Prefix)}AWSDynamoDB/`;
  const base = `${root}${job.id}/`;
  await putObject(to, `${base}_started`, "");
  const [space = 0] = job.scratch;
  await takeSnapshot(scope, job, space);
  const billedSizeBytes = store.items.counts(space).bytes;
  const folder = job.period === undefined ? `${base}data/` : `${root}data/`;
  const lines = job.period === undefined ? fullLines : await incrementalLines(scope, job);
  const files: DataFile[] = [];
  const partitions = partitionsOf(job.table);
  for (let i = 0; i < partitions; i++) {
    const name = dataFileName((length) => host.ids.base32(length));
    files.push(await putLines(to, folder + name, lines(scope, job, i, partitions)));
    scope.signal.throwIfAborted();
  }
  const itemCount = files.reduce((sum, file) => sum + file.itemCount, 0);
  const filesKey = `${base}manifest-files.json`;
  const manifestKey = `${base}manifest-summary.json`;
  await putWithChecksum(to, filesKey, files.map((file) => `${JSON.stringify(file)}\n`).join(""));
  const summary = summaryOf(job, { itemCount, billedSizeBytes, filesKey, endedAt: host.clock.now() });
  await putWithChecksum(to, manifestKey, JSON.stringify(summary));
  return { itemCount, billedSizeBytes, manifestKey };
}

const rootOf = (prefix: string | undefined): string =>
  prefix === undefined || prefix === "" || prefix.endsWith("/") ? (prefix ?? "") : `${prefix}/`;

async function takeSnapshot({ store, signal }: JobScope, job: ExportJob, space: number): Promise<void> {
  const since = job.end ?? job.period?.to ?? (job.exportTime ?? 0) + 1;
  const target = itemsOf(job.table, space);
  let snapshot: Snapshot | undefined = beginSnapshot(job.table.space, job.table.recovery?.log, since);
  while (snapshot !== undefined) {
    const current: Snapshot = snapshot;
    snapshot = store.write(() => store.snapshots.advance(current, target));
    await nextTurn();
    signal.throwIfAborted();
  }
}

type Lines = (scope: JobScope, job: ExportJob, partition: number, partitions: number) => AsyncGenerator<string>;

const fullLines: Lines = async function* ({ store }, { table, scratch: [space = 0] }, partition, partitions) {
  let range: EntryRange = segmentRange(space, partition, partitions);
  for (;;) {
    const chunk = store.items.chunk(range, ITEMS_AT_ONCE, BYTES_AT_ONCE);
    for (const { text } of chunk) yield `{"Item":${text}}`;
    const last = chunk.at(-1);
    if (last === undefined) return;
    range = { ...range, after: itemKey({ ...table, space }, last.item) };
    await nextTurn();
  }
};

/** What changed, as it was before and after all changes of the period. What was added and deleted in it has left nothing. */
async function incrementalLines({ host, store }: JobScope, job: ExportJob): Promise<Lines> {
  const { period, table, scratch } = job;
  const [after = 0, before = 0] = scratch;
  if (period === undefined || table.recovery === undefined) throw new Error(`${job.arn} is no incremental export`);
  const changed = new ChangedItems(host.storage, store, before);
  await changed.collect(table, table.recovery.log, period);
  const view = period.view;
  return async function* (_scope, _job, partition, partitions) {
    const { start, end } = segmentRange(before, partition, partitions);
    let from: Uint8Array = start;
    for (;;) {
      const chunk = changed.read(from, end, ITEMS_AT_ONCE);
      for (const { changed: item } of chunk) {
        const next = store.items.get(item.keyIn(after));
        const old = item.before.sizeBytes === 0 ? undefined : item.before;
        if (next === undefined && old === undefined) continue;
        const metadata = `"Metadata":{"WriteTimestampMicros":{"N":"${item.lastAt * 1000}"}}`;
        const keys = `"Keys":${JSON.stringify(keyOf(item.before.item, table.keys))}`;
        const oldImage = old !== undefined && view === "NEW_AND_OLD_IMAGES" ? `,"OldImage":${old.text}` : "";
        const newImage = next === undefined ? "" : `,"NewImage":${next.text}`;
        yield `{${metadata},${keys}${oldImage}${newImage}}`;
      }
      const last = chunk.at(-1);
      if (last === undefined) return;
      from = last.key;
      await nextTurn();
    }
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

function summaryOf(
  { arn, startedAt, tableArn, tableId, exportTime, period, input }: ExportJob,
  written: { itemCount: number; billedSizeBytes: number; filesKey: string; endedAt: number },
): object {
  return {
    version: period === undefined ? "2020-06-30" : "2023-08-01",
    exportArn: arn,
    startTime: iso(startedAt),
    endTime: iso(written.endedAt),
    tableArn,
    tableId,
    ...(period === undefined
      ? { exportTime: iso(exportTime ?? startedAt) }
      : { exportFromTime: iso(period.from), exportToTime: iso(period.to) }),
    s3Bucket: input.S3Bucket,
    s3Prefix: input.S3Prefix ?? null,
    s3SseAlgorithm: input.S3SseAlgorithm ?? "AES256",
    s3SseKmsKeyId: input.S3SseKmsKeyId ?? null,
    manifestFilesS3Key: written.filesKey,
    billedSizeBytes: written.billedSizeBytes,
    itemCount: written.itemCount,
    outputFormat: input.ExportFormat ?? "DYNAMODB_JSON",
    ...(period !== undefined && {
      outputView: period.view === "NEW_IMAGE" ? "NEW_IMAGES" : period.view,
    }),
    exportType: period === undefined ? "FULL_EXPORT" : "INCREMENTAL_EXPORT",
  };
}
