import { countByCounty } from "./count-by-county.ts";
import type { DecodedRecord, RiverRow } from "./decode-record.ts";

/**
 * How far a shard was counted. A record is counted when it is at or below the high-water mark and not among the failed
 * ones, whatever batch it arrives in; so a batch may come again, whole, in part or cut differently.
 */
export interface Checkpoint {
  /** Highest sequence number that was counted, "" before the first. */
  readonly highWaterMark: string;
  /** Records below the mark that were malformed when the mark passed them, and that may still be delivered again. */
  readonly failed: ReadonlySet<string>;
  /** Batches written so far. It rises by one with each write, so that a write against an outdated checkpoint is refused. */
  readonly batches: number;
}

/** One transaction: these counts, and the checkpoint after them. */
export interface Step {
  readonly counts: ReadonlyMap<string, number>;
  readonly rows: number;
  readonly checkpoint: Checkpoint;
}

export const START: Checkpoint = { highWaterMark: "", failed: new Set(), batches: 0 };

/** A transaction holds 100 items, one of which is the checkpoint. */
const COUNTIES_PER_STEP = 99;

/** The failed ones are kept in one item of at most 400 KB; beyond this the batch fails as a whole and is bisected. */
const FAILED_LIMIT = 5000;

/**
 * The next rows of the batch that are not counted yet, as many as fit into one transaction; undefined when there are none.
 *
 * The mark passes malformed records, so that their neighbours are counted at once, however the batch is cut and
 * whatever becomes of it. They are kept by name below the mark: a handler that has learned to read them counts them.
 */
export function nextStep(
  batch: readonly DecodedRecord[],
  { highWaterMark, failed, batches }: Checkpoint,
): Step | undefined {
  const isCounted = (record: DecodedRecord) =>
    compareSequenceNumbers(record.sequenceNumber, highWaterMark) <= 0 && !failed.has(record.sequenceNumber);

  const rows: RiverRow[] = [];
  const taken = new Set<string>();
  const counties = new Set<string>();
  let mark = highWaterMark;
  for (const record of batch) {
    if (!record.row || isCounted(record)) continue;
    if (!counties.has(record.row.county) && counties.size === COUNTIES_PER_STEP) break;
    counties.add(record.row.county);
    rows.push(record.row);
    taken.add(record.sequenceNumber);
    if (compareSequenceNumbers(record.sequenceNumber, mark) > 0) mark = record.sequenceNumber;
  }
  if (rows.length === 0) return undefined;

  const stillFailed = failedBelow(mark, batch, failed, taken);
  return {
    counts: countByCounty(rows),
    rows: rows.length,
    checkpoint: { highWaterMark: mark, failed: stillFailed, batches: batches + 1 },
  };
}

function failedBelow(
  mark: string,
  batch: readonly DecodedRecord[],
  failedBefore: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): ReadonlySet<string> {
  const first = batch[0]?.sequenceNumber ?? "";
  const failed = new Set<string>();
  for (const sequenceNumber of failedBefore) {
    // A shard is delivered in order: what lies before this batch was given up and is at the on-failure destination.
    if (compareSequenceNumbers(sequenceNumber, first) >= 0 && !taken.has(sequenceNumber)) failed.add(sequenceNumber);
  }
  for (const { sequenceNumber, malformed } of batch) {
    if (malformed !== undefined && compareSequenceNumbers(sequenceNumber, mark) < 0) failed.add(sequenceNumber);
  }
  if (failed.size > FAILED_LIMIT) throw new Error(`more than ${FAILED_LIMIT} malformed records in one batch`);
  return failed;
}

/** Sequence numbers are decimal numbers of up to 129 digits without leading zeros: too long for a number. */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
