import { ResourceNotFoundException$ } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";

/** Otherwise worded than where tables are updated. */
export const insightsIndexNotFound = (index: string, table: string): AwsError =>
  new AwsError(
    ResourceNotFoundException$,
    `Requested resource not found: Index: ${index} not found for table: ${table}`,
  );

export const notActive = (what: "Table" | "Index"): AwsError =>
  validationError(
    `Table or Index is not in a valid state to update Key Access Insights: ${what}Status must be ACTIVE to enable ContributorInsights.`,
  );

export const invalidToken = (): AwsError => validationError("Invalid NextToken");

/** What a status FAILED shows. */
export const tooManyRules = {
  ExceptionName: "LimitExceededException",
  ExceptionDescription:
    "Amazon CloudWatch Contributor Insights rule limit reached. Please disable Contributor Insights for other " +
    "tables/indexes OR disable other CloudWatch Contributor Insights rules before retrying.",
};
