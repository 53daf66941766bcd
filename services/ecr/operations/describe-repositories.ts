import { pageByName } from "../../../emulator/model/paging.ts";
import { described } from "../describe.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";

const DEFAULT_PAGE = 100;

/**
 * The repositories with these names, or all of them page by page.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
 */
export const describeRepositories: Operation<"DescribeRepositories"> = (ctx, input) => {
  const { repositoryNames: names, registryId = ctx.account, maxResults, nextToken } = input;
  if (names) {
    if (maxResults !== undefined || nextToken !== undefined) {
      throw invalidParameter("maxResults", "cannot be given with repositoryNames");
    }
    const found = names.map((repositoryName) => ctx.store.repository({ repositoryName, registryId }));
    return { repositories: found.map((repository) => described(ctx, repository)) };
  }
  const all = registryId === ctx.account ? ctx.store.repositories() : [];
  const page = pageByName(
    all,
    ({ name }) => name,
    maxResults ?? DEFAULT_PAGE,
    nextToken,
    () => invalidParameter("nextToken", "is not valid"),
  );
  return { repositories: page.items.map((repository) => described(ctx, repository)), nextToken: page.next };
};
