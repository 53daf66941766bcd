import { globalTableNotFound } from "../global-tables/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Changed the settings of a global table of the version of 2017: there can be none any more.
 * @throws GlobalTableNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalTableSettings.html
 */
export const updateGlobalTableSettings: Operation<"UpdateGlobalTableSettings"> = (_ctx, { GlobalTableName }) => {
  throw globalTableNotFound(GlobalTableName);
};
