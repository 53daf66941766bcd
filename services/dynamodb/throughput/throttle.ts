import { ProvisionedThroughputExceededException$, ThrottlingException$ } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Reason } from "../transaction.ts";

export type Direction = "Read" | "Write";
export type LimitType =
  | "ProvisionedThroughputExceeded"
  | "AccountLimitExceeded"
  | "KeyRangeThroughputExceeded"
  | "MaxOnDemandThroughputExceeded";

/** Why a request, or a part of it, is not served now. */
export interface Throttle {
  readonly direction: Direction;
  readonly limit: LimitType;
  readonly isProvisioned: boolean;
  /** Of the table, or of the global index whose capacity is used up. */
  readonly arn: string;
  readonly tableName: string;
  readonly indexName: string | undefined;
}

const TABLE_EXCEEDED =
  "The level of configured provisioned throughput for the table was exceeded. " +
  "Consider increasing your provisioning level with the UpdateTable API.";
const INDEX_EXCEEDED =
  "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. " +
  "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API";
const ON_DEMAND_EXCEEDED =
  "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so " +
  "please try again shortly. If exceptions persist, check if you have a hot key: " +
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";

const MAXIMUM_EXCEEDED = "Throughput exceeds the maximum OnDemandThroughput configured on table or index";

function messageOf({ isProvisioned, indexName, limit }: Throttle): string {
  if (limit === "MaxOnDemandThroughputExceeded") return MAXIMUM_EXCEEDED;
  if (!isProvisioned) return ON_DEMAND_EXCEEDED;
  return indexName === undefined ? TABLE_EXCEEDED : INDEX_EXCEEDED;
}

export function throttled(throttle: Throttle): AwsError {
  const resource = throttle.indexName === undefined ? "Table" : "Index";
  const reasons = [{ reason: `${resource}${throttle.direction}${throttle.limit}`, resource: throttle.arn }];
  return throttle.isProvisioned
    ? new AwsError(ProvisionedThroughputExceededException$, messageOf(throttle), { ThrottlingReasons: reasons })
    : new AwsError(ThrottlingException$, messageOf(throttle), { throttlingReasons: reasons });
}

/** What a transaction says of an action that is throttled. */
export const throttleReason = (throttle: Throttle): Reason => ({
  Code: throttle.isProvisioned ? "ProvisionedThroughputExceeded" : "ThrottlingError",
  Message: messageOf(throttle),
});
