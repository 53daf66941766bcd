import { toToken } from "../../../emulator/model/paging.ts";
import { listedConfiguration } from "../configuration.ts";
import type { Operation } from "../index.ts";
import { fromMarker, requireFunction } from "../lookup.ts";

const LARGEST_PAGE = 50;

/**
 * Lists the versions of a function, `$LATEST` first.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html
 */
export const listVersionsByFunction: Operation<"ListVersionsByFunction"> = ({ store }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  const pageSize = Math.min(input.MaxItems ?? LARGEST_PAGE, LARGEST_PAGE);
  const page = store.versions(name, Number(fromMarker(input.Marker) ?? 0), pageSize + 1);
  const next = page[pageSize];
  return {
    Versions: page.slice(0, pageSize).map((version) => listedConfiguration(store.scope, version, version.version)),
    ...(next && { NextMarker: toToken(next.version) }),
  };
};
