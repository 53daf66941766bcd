import { versionNotSupported } from "../global-tables/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Changed global tables of the version of 2017, which AWS no longer does: replicas are changed by UpdateTable.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalTable.html
 */
export const updateGlobalTable: Operation<"UpdateGlobalTable"> = () => {
  throw versionNotSupported();
};
