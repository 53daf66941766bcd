import type { KinesisEvent } from "../fake-aws.ts";
import { sequenceNumbers } from "../mapping-harness.ts";
import type { Condition, Trace } from "./batch-model.ts";

interface Document {
  readonly requestContext: {
    readonly condition: Condition;
    readonly approximateInvokeCount: number;
  };
  readonly KinesisBatchInfo: {
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly batchSize: number;
  };
  /** In a bucket only. */
  readonly payload?: string;
}

/** Reads what PutObject, SendMessage or Publish is given. */
export function traceOf(input: Readonly<Record<string, unknown>>): Omit<Trace, "isWritten"> {
  const text = String(input["Body"] ?? input["MessageBody"] ?? input["Message"]);
  const { requestContext, KinesisBatchInfo: info, payload } = JSON.parse(text) as Document;
  return {
    condition: requestContext.condition,
    invokeCount: requestContext.approximateInvokeCount,
    first: info.startSequenceNumber,
    last: info.endSequenceNumber,
    size: info.batchSize,
    ...(payload !== undefined && {
      sequenceNumbers: sequenceNumbers(JSON.parse(payload) as KinesisEvent),
    }),
  };
}
