import type { HeadwaterOptions } from "./index.ts";

const CHOICES: { readonly [Name in keyof Required<HeadwaterOptions>]: readonly Required<HeadwaterOptions>[Name][] } = {
  scope: ["file", "worker"],
  clock: ["system", "manual"],
  iam: ["on", "off"],
  kinesisLimits: ["on", "off"],
  dynamodbLimits: ["on", "off"],
  auth: ["off", "presigned", "verify"],
  logLevel: ["debug", "info", "warn", "error", "silent"],
};

/** @throws Error that names what is unknown, and what there is instead */
export function readOptions(given: unknown = {}): HeadwaterOptions {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new Error(`headwater/jest: testEnvironmentOptions.headwater is ${JSON.stringify(given)}, not an object`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(CHOICES, name)) {
      throw new Error(`headwater/jest: there is no option ${name}: there are ${Object.keys(CHOICES).join(", ")}`);
    }
    const choices: readonly unknown[] = CHOICES[name as keyof HeadwaterOptions];
    if (!choices.includes(value)) {
      throw new Error(`headwater/jest: ${name} is ${JSON.stringify(value)}, not one of ${choices.join(", ")}`);
    }
  }
  return given;
}
