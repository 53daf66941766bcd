import { unsupported } from "../../../emulator/model/errors.ts";
import { checkFilters, checkPath, isUnder, passes } from "../filters.ts";
import type { Operation } from "../index.ts";
import { describeValue } from "../lookup.ts";
import { page } from "../page.ts";

const PAGE = 10;

/**
 * Answers the parameters below a path, in pages of at most ten.
 * @throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, InvalidNextToken, ValidationException
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export const getParametersByPath: Operation<"GetParametersByPath"> = (ctx, input) => {
  const { Path: path, Recursive: recursive = false, ParameterFilters: filters = [] } = input;
  if (/^\/aws\/(service|reference)(\/|$)/.test(path)) throw unsupported(`The public parameters under ${path}`);
  checkPath(path);
  checkFilters(filters, "by path");
  const label = filters.find(({ Key }) => Key === "Label");
  // below the root there are names without a slash in front, too
  const prefix = path === "/" ? "" : `${path.replace(/\/$/, "")}/`;
  const found = [...ctx.store.all(prefix)]
    .filter(({ name }) => isUnder(name, path, recursive))
    // a label picks the version that has it
    .flatMap((latest) =>
      label
        ? ctx.store
            .versions(latest.name)
            .filter(({ labels }) => labels.some((each) => label.Values?.includes(each)))
            .map((version) => ({ ...latest, version }))
        : [latest],
    )
    .filter((each) => passes(each, filters));
  const { items, ...rest } = page(found, ({ name }) => name, input.MaxResults ?? PAGE, input.NextToken);
  return { Parameters: items.map((each) => describeValue(ctx, each, input.WithDecryption)), ...rest };
};
