import type { Ids } from "../../emulator/runtime/ids.ts";
import { functionArn } from "./arn.ts";
import { datedName, type DestinationKind, type Parcel } from "./destinations.ts";
import { LATEST, type AsyncCondition, type AsyncEvent } from "./model.ts";

/** What a message may have; beyond it, a record is sent without the payloads. */
const LIMIT_BYTES: Readonly<Partial<Record<DestinationKind, number>>> = { sns: 262_144, sqs: 1_048_576 };
const LONGEST_ERROR_MESSAGE = 1_024;

/** An event of which no more attempts are made. */
export type FinishedEvent = AsyncEvent & { readonly condition: AsyncCondition };

/**
 * The record of an asynchronous invocation that a destination gets.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(event: FinishedEvent, kind: DestinationKind, at: string, ids: Ids): Parcel {
  const [date] = [datedName(at, ids.uuid())];
  const objectKey = `aws/lambda/async/${nameOf(event)}/${date}`;
  const whole = recordText(event, at, true);
  const isTooLong = Buffer.byteLength(whole) > (LIMIT_BYTES[kind] ?? Infinity);
  return { body: isTooLong ? recordText(event, at, false) : whole, objectKey };
}

/** Request and response are JSON text already, and stay as they are to the letter. */
function recordText(event: FinishedEvent, at: string, withPayloads: boolean): string {
  const { last } = event;
  const requestContext = {
    requestId: event.requestId,
    functionArn: functionArn(event, nameOf(event), event.qualifier ?? LATEST),
    condition: event.condition,
    approximateInvokeCount: event.invokeCount ?? 0,
  };
  const responseContext = last && {
    statusCode: last.statusCode,
    executedVersion: last.executedVersion,
    ...(last.functionError !== undefined && { functionError: last.functionError }),
  };
  const members: readonly (readonly [string, string] | undefined)[] = [
    ["version", `"1.0"`],
    ["timestamp", JSON.stringify(at)],
    ["requestContext", JSON.stringify(requestContext)],
    withPayloads ? ["requestPayload", event.payload || "{}"] : undefined,
    responseContext && ["responseContext", JSON.stringify(responseContext)],
    last && withPayloads ? ["responsePayload", last.payload || "null"] : undefined,
  ];
  const texts = members.filter((member) => member !== undefined).map(([name, text]) => `"${name}":${text}`);
  return `{${texts.join(",")}}`;
}

const nameOf = ({ functionName }: AsyncEvent): string => functionName.replace(/^.*:function:/, "").split(":")[0] ?? "";

/**
 * A discarded event as a dead-letter queue or topic gets it: the event itself, and what went wrong as attributes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetter(event: FinishedEvent): Parcel {
  const { last } = event;
  const message = last ? errorMessageOf(last.payload) : "Rate Exceeded.";
  return {
    body: event.payload || "{}",
    attributes: {
      RequestID: { DataType: "String", StringValue: event.requestId },
      ErrorCode: { DataType: "Number", StringValue: String(last?.statusCode ?? 429) },
      ErrorMessage: { DataType: "String", StringValue: message.slice(0, LONGEST_ERROR_MESSAGE) || "Unknown" },
    },
  };
}

function errorMessageOf(payload: string): string {
  try {
    const { errorMessage } = JSON.parse(payload) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? errorMessage : payload;
  } catch {
    return payload;
  }
}
