import type { Operation } from "../index.ts";
import { describeVersion, requireParameter } from "../lookup.ts";
import { page } from "../page.ts";

const PAGE = 50;

/**
 * Answers the versions of a parameter, from the oldest, with their labels.
 * @throws ParameterNotFound, InvalidNextToken
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html
 */
export const getParameterHistory: Operation<"GetParameterHistory"> = (ctx, input) => {
  const { name, tags } = requireParameter(ctx, input.Name);
  const versions = ctx.store.versions(name);
  const { items, ...rest } = page(versions, ({ version }) => `${version}`, input.MaxResults ?? PAGE, input.NextToken);
  return {
    Parameters: items.map((version) => ({
      ...describeVersion({ name, version, tags }),
      Value: version.type === "SecureString" && input.WithDecryption ? ctx.store.decrypt(version.value) : version.value,
      Labels: [...version.labels],
    })),
    ...rest,
  };
};
