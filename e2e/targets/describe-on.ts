import { describe } from "@jest/globals";
import { currentTarget, type SuiteTargetName } from "./index.ts";

/** `describe` in a run of the suites on this target; elsewhere `describe.skip`, and a line that says where it runs. */
export function describeOn(target: SuiteTargetName, what: string): typeof describe.skip {
  if (currentTarget() === target) return describe;
  process.stderr.write(`SKIPPED: ${what}: \`make e2e-${target}\` runs it\n`);
  return describe.skip;
}
