import { pageByName } from "../../../emulator/model/paging.ts";
import { insightsOf } from "../contributor-insights/model.ts";
import { subjectNames } from "../contributor-insights/description.ts";
import { invalidToken } from "../contributor-insights/errors.ts";
import { failedConstraint } from "../errors.ts";
import type { Operation } from "../index.ts";

const LARGEST_PAGE = 100;

/**
 * Lists the tables and global indexes whose contributor insights are not off, in pages: of one table, or of all.
 * @throws ResourceNotFoundException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListContributorInsights.html
 */
export const listContributorInsights: Operation<"ListContributorInsights"> = (ctx, input) => {
  const { MaxResults = LARGEST_PAGE } = input;
  if (MaxResults < 1) {
    throw failedConstraint(String(MaxResults), "maxResults", "Member must have value greater than or equal to 1");
  }
  const { items, next } = pageByName(
    ctx.store.insights.listed(input.TableName),
    ({ table, index }) => `${table.name}/${index?.name ?? ""}`,
    MaxResults,
    input.NextToken,
    invalidToken,
  );
  return {
    ContributorInsightsSummaries: items.map((subject) => {
      const insights = insightsOf(subject);
      return {
        ...subjectNames(subject),
        ContributorInsightsStatus: insights?.status,
        ContributorInsightsMode: insights?.mode,
      };
    }),
    ...(next !== undefined && { NextToken: next }),
  };
};
