import { unsupported } from "../../../emulator/model/errors.ts";
import { checkFilters, passes } from "../filters.ts";
import type { Operation } from "../index.ts";
import { describeVersion } from "../lookup.ts";
import { parameterArn } from "../names.ts";
import { page } from "../page.ts";

const PAGE = 50;

/**
 * Lists parameters without their values.
 * @throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, InvalidNextToken
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
 */
export const describeParameters: Operation<"DescribeParameters"> = (ctx, input) => {
  if (input.Shared === true) throw unsupported("Parameters that other accounts share");
  const filters = input.ParameterFilters ?? [];
  checkFilters(filters, "describe");
  const found = [...ctx.store.all()].filter((each) => passes(each, filters));
  const { items, ...rest } = page(found, ({ name }) => name, input.MaxResults ?? PAGE, input.NextToken);
  return {
    Parameters: items.map((each) => ({ ...describeVersion(each), ARN: parameterArn(ctx, each.name) })),
    ...rest,
  };
};
