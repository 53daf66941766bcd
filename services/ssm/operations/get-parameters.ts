import { AwsError } from "../../../emulator/model/errors.ts";
import type { Operation } from "../index.ts";
import { describeValue, requireVersion } from "../lookup.ts";

/**
 * Answers up to ten parameters; names that nothing has are told apart.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export const getParameters: Operation<"GetParameters"> = (ctx, input) => {
  const InvalidParameters: string[] = [];
  const Parameters = [...new Set(input.Names)].flatMap((name) => {
    try {
      return [describeValue(ctx, requireVersion(ctx, name), input.WithDecryption)];
    } catch (error) {
      if (!(error instanceof AwsError) || error.name === "NotImplemented") throw error;
      InvalidParameters.push(name);
      return [];
    }
  });
  return { Parameters, InvalidParameters };
};
