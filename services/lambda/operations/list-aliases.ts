import { toToken } from "../../../emulator/model/paging.ts";
import { aliasConfiguration } from "../aliases.ts";
import type { Operation } from "../index.ts";
import { fromMarker, requireFunction } from "../lookup.ts";

const LARGEST_PAGE = 50;

/**
 * Lists the aliases of a function by name, of one version where asked for.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html
 */
export const listAliases: Operation<"ListAliases"> = ({ store }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  const pageSize = Math.min(input.MaxItems ?? LARGEST_PAGE, LARGEST_PAGE);
  const matching = store
    .aliases(name, fromMarker(input.Marker))
    .filter(
      ({ version, weights }) =>
        input.FunctionVersion === undefined ||
        version === input.FunctionVersion ||
        weights?.[input.FunctionVersion] !== undefined,
    );
  const next = matching[pageSize];
  return {
    Aliases: matching.slice(0, pageSize).map((alias) => aliasConfiguration(store, name, alias)),
    ...(next && { NextMarker: toToken(next.name) }),
  };
};
