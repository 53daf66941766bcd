import type { Call, Host } from "../../../../emulator/model/context.ts";
import { decide, expiredCount } from "../delivery.ts";
import { streamNotFound } from "../errors.ts";
import { lanesOfStream } from "../lanes.ts";
import type { Mapping, SourceRecord } from "../model.ts";
import { requireReadable } from "../role.ts";
import type { EventSource, SourceDescription } from "../source.ts";

/** What a source is made of: it calls as the function's role. */
export interface SourceScope {
  readonly host: Host;
  readonly call: Call;
  readonly mapping: Mapping;
}

/** Of every stream: younger records have not expired, whatever the stream's retention is. */
const SHORTEST_RETENTION_MS = 24 * 3_600_000;

type Rules = Pick<
  EventSource,
  "isStream" | "keepsOrder" | "lanes" | "decide" | "expired" | "canSettle" | "batchInfo" | "isGone" | "problem"
>;

/** What both kinds of streams have in common: how batches are settled, and what is said of those that are given up. */
export function streamRules(
  { eventSourceArn, settings }: Mapping,
  stream: {
    /** The member of the document that tells of discarded records. */
    readonly batchInfo: "DDBStreamBatchInfo" | "KinesisBatchInfo";
    readonly streamArn: string;
    readonly instant: (atMs: number) => string;
    /** How long the stream keeps a record now; beyond it there is nothing left to retry. */
    readonly retentionMs: () => Promise<number>;
  },
): Rules {
  const { maximumRecordAgeInSeconds } = settings;
  const limitMs = maximumRecordAgeInSeconds === -1 ? Infinity : maximumRecordAgeInSeconds * 1000;
  return {
    isStream: true,
    keepsOrder: false,
    lanes: () => lanesOfStream(settings),
    decide: (part, outcome) => decide(part, outcome, settings),
    async expired({ records }, nowMs) {
      const isYoung = nowMs - (records[0]?.arrivedAt ?? nowMs) <= SHORTEST_RETENTION_MS;
      const maximumMs = isYoung ? limitMs : Math.min(limitMs, await stream.retentionMs().catch(() => Infinity));
      return maximumMs === Infinity ? [] : records.slice(0, expiredCount(records, nowMs, maximumMs));
    },
    canSettle: () => Promise.resolve(true),
    batchInfo: (shardId, records) => ({ [stream.batchInfo]: infoOf(stream, shardId, records) }),
    isGone,
    problem: (error) => (isGone(error) ? `Stream not found: ${eventSourceArn}` : error.message),
  };
}

const isGone = ({ name }: Error): boolean => name === "ResourceNotFoundException";

function infoOf(
  { instant, streamArn }: { readonly instant: (atMs: number) => string; readonly streamArn: string },
  shardId: string,
  records: readonly SourceRecord[],
) {
  const [first, last] = [records[0], records.at(-1)];
  return {
    shardId,
    startSequenceNumber: first?.id,
    endSequenceNumber: last?.id,
    approximateArrivalOfFirstRecord: first && instant(first.arrivedAt),
    approximateArrivalOfLastRecord: last && instant(last.arrivedAt),
    batchSize: records.length,
    streamArn,
  };
}

/**
 * Checks that the function's role may read a stream, and that it is there.
 * @throws AwsError InvalidParameterValueException
 */
export async function checkStream(
  host: Host,
  mapping: Mapping,
  {
    needs,
    describe,
    refusal,
  }: Pick<EventSource, "needs"> & {
    readonly describe: () => Promise<SourceDescription>;
    readonly refusal: () => Error;
  },
): Promise<void> {
  requireReadable(host, mapping, needs, refusal);
  try {
    await describe();
  } catch (error) {
    const { name } = error as Error;
    if (name === "ResourceNotFoundException") throw streamNotFound(mapping.eventSourceArn);
    if (name === "AccessDeniedException") throw refusal();
    throw error;
  }
}
