import type { Operation } from "../index.ts";
import { cannotDescribe } from "../time-to-live/errors.ts";

/**
 * Says whether items of a table expire, and by which attribute.
 * @throws ValidationException, ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
 */
export const describeTimeToLive: Operation<"DescribeTimeToLive"> = (ctx, input) => {
  const { status, timeToLive } = ctx.store.table(input.TableName);
  if (status === "CREATING" || status === "DELETING") throw cannotDescribe(status);
  if (timeToLive === undefined) return { TimeToLiveDescription: { TimeToLiveStatus: "DISABLED" } };
  return { TimeToLiveDescription: { TimeToLiveStatus: timeToLive.status, AttributeName: timeToLive.attribute } };
};
