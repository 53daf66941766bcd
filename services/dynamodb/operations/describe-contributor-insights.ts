import { insightsOf } from "../contributor-insights/model.ts";
import { subjectNames } from "../contributor-insights/description.ts";
import { tooManyRules } from "../contributor-insights/errors.ts";
import { rulesOf } from "../contributor-insights/rules.ts";
import type { Operation } from "../index.ts";

/**
 * Says whether contributor insights of a table or a global index are on, and by which of CloudWatch's rules they are read.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html
 */
export const describeContributorInsights: Operation<"DescribeContributorInsights"> = (ctx, input) => {
  const subject = ctx.store.insights.subject(input.TableName, input.IndexName);
  const insights = insightsOf(subject);
  if (insights === undefined) return { ...subjectNames(subject), ContributorInsightsStatus: "DISABLED" };
  const rules = rulesOf(subject).map(({ name }) => name);
  return {
    ...subjectNames(subject),
    ...(rules.length > 0 && { ContributorInsightsRuleList: rules }),
    ContributorInsightsStatus: insights.status,
    LastUpdateDateTime: new Date(insights.changedAt),
    ContributorInsightsMode: insights.mode,
    ...(insights.lacksRules && { FailureException: tooManyRules }),
  };
};
