import type { Operation } from "../index.ts";

const PAGE = 100;

/**
 * Names of the tables, in order, by pages.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
 */
export const listTables: Operation<"ListTables"> = (ctx, input) => {
  const limit = input.Limit ?? PAGE;
  const names: string[] = [];
  for (const name of ctx.store.tableNames(input.ExclusiveStartTableName)) {
    // one name beyond the page says that there are more
    if (names.length === limit) return { TableNames: names, LastEvaluatedTableName: names.at(-1) };
    names.push(name);
  }
  return { TableNames: names };
};
