import { tableExists } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkNewTable, newTable } from "../new-table.ts";
import { checkPolicy, newRevisionId } from "../resource-policies.ts";
import { describeTable } from "../table-description.ts";
import { tableArn } from "../table-name.ts";
import { newStreamViewType } from "../table-stream.ts";

/**
 * Creates a table with its indexes. It is CREATING in the answer, and ACTIVE a moment later.
 * @throws ValidationException, ResourceInUseException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
export const createTable: Operation<"CreateTable"> = (ctx, input) => {
  const checked = checkNewTable(ctx, input);
  const { name } = checked;
  const viewType = newStreamViewType(input.StreamSpecification);
  const arn = tableArn(ctx, name);
  if (input.ResourcePolicy !== undefined) checkPolicy(input.ResourcePolicy, arn);
  if (ctx.store.findTable(name) !== undefined) throw tableExists(name);

  const table = ctx.store.write(() => {
    const created = newTable(ctx, checked, input);
    const streamed =
      viewType === undefined ? created : { ...created, stream: ctx.store.streams.enable(created, viewType) };
    ctx.store.putTable(streamed);
    if (input.ResourcePolicy !== undefined) {
      ctx.store.policies.put(arn, { document: input.ResourcePolicy, revisionId: newRevisionId(ctx) });
    }
    return streamed;
  });
  ctx.store.lifecycle.begin(name);
  return { TableDescription: describeTable(ctx.store, table) };
};
