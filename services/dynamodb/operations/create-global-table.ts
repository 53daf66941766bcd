import { versionNotSupported } from "../global-tables/errors.ts";
import type { Operation } from "../index.ts";

/**
 * Made global tables of the version of 2017, which AWS no longer makes: replicas are made by UpdateTable.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalTable.html
 */
export const createGlobalTable: Operation<"CreateGlobalTable"> = () => {
  throw versionNotSupported();
};
