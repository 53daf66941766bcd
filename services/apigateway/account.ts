import type { Account } from "@aws-sdk/client-api-gateway";
import { badRequest } from "./errors.ts";
import { orUndefined, replaces, type PatchRule } from "./patch.ts";
import type { ApiGatewayStore } from "./store.ts";

interface AccountSettings {
  readonly cloudwatchRoleArn?: string;
}

/** AWS's limits of an account: requests a second, and at once. */
const THROTTLE = { burstLimit: 5000, rateLimit: 10_000 };

export const accountView = ({ cloudwatchRoleArn }: ApiGatewayStore): Account => ({
  ...(cloudwatchRoleArn !== undefined && { cloudwatchRoleArn }),
  throttleSettings: { ...THROTTLE },
  features: ["UsagePlans"],
  apiKeyVersion: "4",
});

/** What UpdateAccount takes. Usage plans are there from the beginning, and stay. */
export const accountRules = (account: string): PatchRule<AccountSettings>[] => [
  replaces("/cloudwatchRoleArn", (arn) => ({ cloudwatchRoleArn: orUndefined(checkRole(account, arn)) })),
  {
    path: "/features",
    ops: ["add", "remove"],
    apply(target, { op, value }) {
      if (op === "remove") throw badRequest("Usage Plans cannot be disabled once enabled");
      if (value !== "UsagePlans") throw badRequest(`Invalid feature specified: ${value ?? ""}`);
      return target;
    },
  },
];

function checkRole(account: string, arn: string): string {
  const owner = /^arn:aws:iam::(\d{12}):role\/.+$/.exec(arn)?.[1];
  if (arn !== "" && owner === undefined) throw badRequest("Invalid ARN specified in the request");
  if (owner !== undefined && owner !== account) throw badRequest("Cross-account pass role is not allowed.");
  return arn;
}
