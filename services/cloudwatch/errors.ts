import {
  DashboardInvalidInputError$,
  DashboardNotFoundError$,
  InvalidFormatFault$,
  InvalidNextToken$,
  InvalidParameterCombinationException$,
  InvalidParameterValueException$,
  LimitExceededException$,
  MissingRequiredParameterException$,
  ResourceNotFound$,
  ResourceNotFoundException$,
  ValidationException$,
} from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../emulator/model/errors.ts";

/** ValidationError in query forms. */
export const validationError = (message: string) => new AwsError(ValidationException$, message);

export const invalidValue = (message: string) => new AwsError(InvalidParameterValueException$, message);

export const invalidCombination = (message: string) => new AwsError(InvalidParameterCombinationException$, message);

export const missingParameter = (message: string) => new AwsError(MissingRequiredParameterException$, message);

export const invalidNextToken = () => new AwsError(InvalidNextToken$, "Invalid nextToken");

/** AWS gives no text with it. */
export const alarmNotFound = () => new AwsError(ResourceNotFound$, "");

export const resourceNotFound = (arn: string) =>
  new AwsError(ResourceNotFoundException$, `The resource ${arn} does not exist.`, {
    ResourceType: arn.split(":")[5],
    ResourceId: arn,
  });

export const insightRuleNotFound = (name: string) =>
  new AwsError(ResourceNotFoundException$, `The insight rule ${name} does not exist.`, {
    ResourceType: "InsightRule",
    ResourceId: name,
  });

export const tooManyInsightRules = (most: number) =>
  new AwsError(LimitExceededException$, `A region can have at most ${most} insight rules.`);

export const invalidFormat = (message: string) => new AwsError(InvalidFormatFault$, message);

export const invalidDashboard = (message: string, dataPath = "") =>
  new AwsError(DashboardInvalidInputError$, message, {
    dashboardValidationMessages: [{ DataPath: dataPath, Message: message }],
  });

export const dashboardNotFound = (name: string) =>
  new AwsError(DashboardNotFoundError$, `Dashboard ${name} does not exist`);

export const tooManyTags = () => invalidValue("A resource can have at most 50 tags.");

export const tooManyDatapoints = (asked: number, limit: number) =>
  invalidCombination(
    `You have requested up to ${asked.toLocaleString("en-US")} datapoints, which exceeds the limit of ${limit.toLocaleString("en-US")}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
  );

// what GetMetricData says of times ends its line
export const startIsEnd = () => validationError("The parameter StartTime must not equal parameter EndTime.\n");
export const startAfterEnd = () => validationError("The parameter EndTime must be greater than StartTime.\n");
