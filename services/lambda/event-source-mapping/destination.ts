import type { Call, Host } from "../../../emulator/model/context.ts";
import { datedName, parseDestination, send } from "../destinations.ts";
import type { Mapping } from "./model.ts";

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
  /** Where the records stand in their stream. */
  readonly batchInfo: object;
  /** The event that the function got, or would have. */
  readonly event: string;
  readonly invokeCount: number;
  readonly lastInvocation?: LastInvocation | undefined;
}

/**
 * Leaves the trace of the records of a batch that are given up: what happened, and where they stand in the stream. A bucket gets
 * the event itself beside it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
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
  const { lastInvocation, shardId } = discard;
  const document = {
    requestContext: {
      requestId: lastInvocation?.requestId ?? host.ids.uuid(),
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
    ...discard.batchInfo,
    ...(destination.kind === "s3" && { payload: discard.event }),
  };
  const objectKey = `aws/lambda/${mapping.uuid}/${shardId}/${datedName(at, host.ids.uuid())}`;
  await send(call, destination, { body: JSON.stringify(document), objectKey });
}
