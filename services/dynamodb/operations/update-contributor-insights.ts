import { subjectNames } from "../contributor-insights/description.ts";
import type { Operation } from "../index.ts";

/**
 * Has CloudWatch told which keys of a table or a global index are used most, or throttled most, or no longer. It is so when the
 * answer has been sent.
 * @throws ResourceNotFoundException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html
 */
export const updateContributorInsights: Operation<"UpdateContributorInsights"> = (ctx, input) => {
  const { insights } = ctx.store;
  const subject = insights.subject(input.TableName, input.IndexName);
  const { ContributorInsightsMode: mode = "ACCESSED_AND_THROTTLED_KEYS" } = input;
  const updated = insights.update(subject, input.ContributorInsightsAction, mode);
  return {
    ...subjectNames(subject),
    ContributorInsightsStatus: updated?.status ?? "DISABLED",
    ...(updated && { ContributorInsightsMode: updated.mode }),
  };
};
