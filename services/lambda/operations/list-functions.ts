import { unsupported } from "../../../emulator/model/errors.ts";
import { toToken } from "../../../emulator/model/paging.ts";
import { listedConfiguration } from "../configuration.ts";
import type { Operation } from "../index.ts";
import { fromMarker } from "../lookup.ts";
import type { FunctionVersion } from "../model.ts";

/** Lambda answers at most so many functions at once, however many are asked for. */
const LARGEST_PAGE = 50;

/**
 * Lists functions by name, each as `$LATEST` or, with FunctionVersion ALL, in all of its versions.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export const listFunctions: Operation<"ListFunctions"> = ({ store }, input) => {
  if (input.MasterRegion !== undefined) throw unsupported("MasterRegion (Lambda@Edge)");
  const pageSize = Math.min(input.MaxItems ?? LARGEST_PAGE, LARGEST_PAGE);
  const withVersions = input.FunctionVersion === "ALL";
  const [fromName = "", fromNumber = "0"] = fromMarker(input.Marker)?.split(":") ?? [];

  const page: FunctionVersion[] = [];
  for (const name of store.names(fromName)) {
    const first = name === fromName ? Number(fromNumber) : 0;
    page.push(...store.versions(name, first, withVersions ? pageSize + 1 : 1));
    if (page.length > pageSize) break;
  }
  const next = page[pageSize];
  return {
    Functions: page
      .slice(0, pageSize)
      .map((version) => listedConfiguration(store.scope, version, withVersions ? version.version : undefined)),
    ...(next && { NextMarker: toToken(`${next.name}:${Number(next.version) || 0}`) }),
  };
};
