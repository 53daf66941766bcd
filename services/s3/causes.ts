import type { S3Context } from "./index.ts";
import type { Cause } from "./event-table.ts";
import type { BucketRecord } from "./model.ts";
import type { EventName } from "./notification-events.ts";
import { canonicalUser } from "./owner.ts";

/** What an operation says of an event that it brings about. */
export const causeOf = (
  ctx: Pick<S3Context, "principal" | "request" | "requestId" | "clock">,
  name: EventName,
): Cause => ({
  name,
  principalId: ctx.principal.type === "anonymous" ? "Anonymous" : `AWS:${ctx.principal.userId}`,
  sourceIp: ctx.request?.remoteAddress ?? "127.0.0.1",
  requestId: ctx.requestId,
  atMs: ctx.clock.now(),
  // no queue takes an empty one
  traceHeader: ctx.request?.headers["x-amzn-trace-id"] || undefined,
});

/** What the end of a restoration says of it: AWS brings it about for the bucket's owner. */
export const restorationCause = (
  { account }: Pick<BucketRecord, "account">,
  name: EventName,
  requestId: string,
  atMs: number,
): Cause => ({
  ...lifecycleCause(name, requestId, atMs),
  principalId: `AmazonCustomer:${canonicalUser(account).ID}`,
});

/** What a lifecycle rule says of it. */
export const lifecycleCause = (name: EventName, requestId: string, atMs: number): Cause => ({
  name,
  principalId: "s3.amazonaws.com",
  sourceIp: "s3.amazonaws.com",
  requestId,
  atMs,
});
