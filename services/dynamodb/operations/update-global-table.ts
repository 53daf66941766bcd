import { globalTableNotFound } from "../global-tables/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Changed global tables of the version of 2017: there can be none any more, and replicas are changed by UpdateTable.
 * @throws GlobalTableNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalTable.html
 */
export const updateGlobalTable: Operation<"UpdateGlobalTable"> = (_ctx, { GlobalTableName }) => {
  throw globalTableNotFound(GlobalTableName);
};
