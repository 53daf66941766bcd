import type { Condition, Trace } from "./batch-model.ts";
import { sequenceNumbersOf } from "./table-stream.ts";

interface BatchInfo {
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly batchSize: number;
}

interface Document {
  readonly requestContext: {
    readonly condition: Condition;
    readonly approximateInvokeCount: number;
  };
  readonly KinesisBatchInfo?: BatchInfo;
  readonly DDBStreamBatchInfo?: BatchInfo;
  /** In a bucket only. */
  readonly payload?: string;
}

/** Reads what PutObject, SendMessage or Publish is given. */
export function traceOf(input: Readonly<Record<string, unknown>>): Omit<Trace, "isWritten"> {
  const text = String(input["Body"] ?? input["MessageBody"] ?? input["Message"]);
  const { requestContext, payload, ...infos } = JSON.parse(text) as Document;
  const info = (infos.KinesisBatchInfo ?? infos.DDBStreamBatchInfo) as BatchInfo;
  return {
    condition: requestContext.condition,
    invokeCount: requestContext.approximateInvokeCount,
    first: info.startSequenceNumber,
    last: info.endSequenceNumber,
    size: info.batchSize,
    ...(payload !== undefined && {
      sequenceNumbers: sequenceNumbersOf(JSON.parse(payload)),
    }),
  };
}
