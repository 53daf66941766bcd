import type { Call } from "../../../emulator/model/context.ts";
import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";
import type { Mapping, StreamRecord } from "./model.ts";
import { eventOf } from "./record.ts";

/** What the last invocation answered; records that expired before their first one have none. */
export interface LastInvocation {
  readonly requestId: string;
  readonly statusCode: number;
  readonly executedVersion: string;
  readonly functionError?: string;
}

export interface Discard {
  readonly condition: "RetryAttemptsExhausted" | "RecordAgeExceeded";
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  readonly invokeCount: number;
  readonly lastInvocation?: LastInvocation;
}

export const S3_ARN_PREFIX = "arn:aws:s3:::";

/**
 * Writes one object for the records of a batch that are given up: what happened, where they stand in the stream, and
 * the event itself.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export async function writeToDestination(
  { call, clock, ids }: { readonly call: Call; readonly clock: Clock; readonly ids: Ids },
  mapping: Mapping,
  destinationArn: string,
  discard: Discard,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await call("s3", "PutObject", {
    Bucket: destinationArn.slice(S3_ARN_PREFIX.length),
    Key: objectKey(mapping.uuid, discard.shardId, at, ids.uuid()),
    Body: Buffer.from(JSON.stringify(invocationRecord(mapping, discard, at, ids))),
    ContentType: "application/json",
  });
}

/** aws/lambda/MAPPING/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID, in UTC. */
function objectKey(mappingUuid: string, shardId: string, at: string, uuid: string): string {
  const [date = "", time = ""] = at.slice(0, 19).split("T");
  const name = `${date}T${time.replaceAll(":", ".")}-${uuid}`;
  return `aws/lambda/${mappingUuid}/${shardId}/${date.replaceAll("-", "/")}/${name}`;
}

function invocationRecord(mapping: Mapping, discard: Discard, at: string, ids: Ids): object {
  const { records, lastInvocation } = discard;
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: lastInvocation?.requestId ?? ids.uuid(),
      functionArn: mapping.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invokeCount,
    },
    ...(lastInvocation && {
      responseContext: {
        statusCode: lastInvocation.statusCode,
        executedVersion: lastInvocation.executedVersion,
        functionError: lastInvocation.functionError,
      },
    }),
    version: "1.0",
    timestamp: at,
    KinesisBatchInfo: {
      shardId: discard.shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: first && new Date(first.arrivedAt).toISOString(),
      approximateArrivalOfLastRecord: last && new Date(last.arrivedAt).toISOString(),
      batchSize: records.length,
      streamArn: mapping.eventSourceArn,
    },
    payload: eventOf(records),
  };
}
