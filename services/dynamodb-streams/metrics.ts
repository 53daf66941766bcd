import type { Context } from "../../emulator/model/context.ts";
import type { Stream } from "../dynamodb/streams/model.ts";
import type { ReadRecord } from "./store.ts";

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
export function recordsRead(
  { account, region, metrics, clock }: Pick<Context, "account" | "region" | "metrics" | "clock">,
  { tableName, label }: Stream,
  records: readonly ReadRecord[],
  tookMs: number,
): void {
  const now = clock.now();
  const dimensions = { TableName: tableName, Operation: "GetRecords", StreamLabel: label };
  const series = (name: string, unit: string) =>
    metrics.series({ account, region }, { namespace: "AWS/DynamoDB", name, dimensions, unit });
  series("ReturnedRecordsCount", "Count").add(records.length, now);
  series("ReturnedBytes", "Bytes").add(
    records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    now,
  );
  series("SuccessfulRequestLatency", "Milliseconds").add(Math.round(tookMs * 100) / 100, now);
}
