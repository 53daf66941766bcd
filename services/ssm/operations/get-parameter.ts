import type { Operation } from "../index.ts";
import { describeValue, requireVersion } from "../lookup.ts";

/**
 * Answers a parameter by name or ARN, in its latest version or in the one (number or label) behind a colon.
 * @throws ParameterNotFound, ParameterVersionNotFound
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export const getParameter: Operation<"GetParameter"> = (ctx, input) => ({
  Parameter: describeValue(ctx, requireVersion(ctx, input.Name), input.WithDecryption),
});
