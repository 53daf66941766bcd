import type { Call, Host } from "../../../emulator/model/context.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";
import { datedName, parseDestination, send } from "../destinations.ts";
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

/**
 * Leaves the trace of the records of a batch that are given up: what happened, and where they stand in the stream. A bucket gets
 * the event itself beside it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export async function sendToDestination(
  { call, host }: { readonly call: Call; readonly host: Pick<Host, "clock" | "ids"> },
  mapping: Mapping,
  arn: string,
  discard: Discard,
): Promise<void> {
  const destination = parseDestination(arn);
  if (!destination) throw new Error(`${arn} is no destination`);
  const at = new Date(host.clock.now()).toISOString();
  const record = invocationRecord(mapping, discard, at, host.ids);
  const whole = destination.kind === "s3" ? { ...record, payload: eventOf(discard.records) } : record;
  const objectKey = `aws/lambda/${mapping.uuid}/${discard.shardId}/${datedName(at, host.ids.uuid())}`;
  await send(call, destination, { body: JSON.stringify(whole), objectKey });
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
  };
}
