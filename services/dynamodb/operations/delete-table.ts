import { tableInUse, validationError } from "../errors.ts";
import { withoutReplicas } from "../global-tables/replicas.ts";
import type { Operation } from "../index.ts";
import { describeTable } from "../table-description.ts";

/**
 * Deletes a table with its items and indexes. It is DELETING in the answer, without its schema, and gone a moment later.
 * @throws ResourceNotFoundException, ResourceInUseException, ValidationException (deletion protection)
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
 */
export const deleteTable: Operation<"DeleteTable"> = (ctx, input) => {
  const table = ctx.store.table(input.TableName);
  if (table.status === "CREATING" || table.status === "UPDATING") throw tableInUse(table.name, table.status);
  if (table.deletionProtection) {
    throw validationError(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  ctx.store.replicas.checkSettled(table);
  ctx.store.replicas.checkNoSource(table);
  const deleting = { ...withoutReplicas(table), status: "DELETING" as const };
  ctx.store.write(() => {
    ctx.store.replicas.leave(table);
    ctx.store.putTable(deleting);
  });
  ctx.store.lifecycle.begin(table.name);
  const {
    AttributeDefinitions: _definitions,
    KeySchema: _keys,
    CreationDateTime: _created,
    GlobalSecondaryIndexes: _globals,
    LocalSecondaryIndexes: _locals,
    ...description
  } = describeTable(ctx.store, deleting);
  return { TableDescription: description };
};
