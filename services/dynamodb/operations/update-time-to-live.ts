import { tableInUse } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Has items removed when the time is over that one of their attributes gives, in seconds since 1970; or no longer. It can be changed
 * once an hour.
 * @throws ValidationException, ResourceNotFoundException, ResourceInUseException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
 */
export const updateTimeToLive: Operation<"UpdateTimeToLive"> = (ctx, input) => {
  const { AttributeName, Enabled } = input.TimeToLiveSpecification;
  const table = ctx.store.table(input.TableName);
  if (table.status === "CREATING" || table.status === "DELETING") throw tableInUse(table.name, table.status);
  ctx.store.replicas.checkSettled(table);
  ctx.store.write(() => {
    for (const member of [{ store: ctx.store, table }, ...ctx.store.replicas.members(table)]) {
      member.store.timesToLive.update(member.table, AttributeName, Enabled);
    }
  });
  return { TimeToLiveSpecification: { AttributeName, Enabled } };
};
