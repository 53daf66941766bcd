import type { Context } from "../../../emulator/model/context.ts";
import { tableInUse } from "../errors.ts";
import type { DynamoDbState } from "../index.ts";
import type { Table } from "../model.ts";

/**
 * The table whose destination is to be changed.
 * @throws AwsError ResourceNotFoundException, ResourceInUseException (while it is being created or deleted)
 */
export function destinationTable({ store }: Context<DynamoDbState>, nameOrArn: string): Table {
  const table = store.table(nameOrArn);
  if (table.status === "CREATING" || table.status === "DELETING") throw tableInUse(table.name, table.status);
  return table;
}
