import type { Operation } from "../index.ts";

/**
 * Lists global tables of the version of 2017: there can be none any more.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListGlobalTables.html
 */
export const listGlobalTables: Operation<"ListGlobalTables"> = () => ({ GlobalTables: [] });
