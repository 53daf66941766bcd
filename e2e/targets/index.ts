import { aws, awsEmulated } from "./aws.ts";
import { container } from "./container.ts";
import { embedded } from "./embedded.ts";
import { localstack } from "./localstack.ts";
import type { OpenTarget, SuiteTarget } from "./target.ts";

export type { OpenTarget } from "./target.ts";

export const SUITE_TARGETS = {
  embedded,
  container,
  localstack,
  "aws-emulated": awsEmulated,
  aws,
} as const satisfies Readonly<Record<string, SuiteTarget>>;

export type SuiteTargetName = keyof typeof SUITE_TARGETS;

export const SUITE_TARGET_NAMES = Object.keys(SUITE_TARGETS) as SuiteTargetName[];

const isKnown = (name: string): name is SuiteTargetName => name in SUITE_TARGETS;

export function suiteTargetName(name: string): SuiteTargetName {
  if (isKnown(name)) return name;
  throw new Error(`There is no target "${name}" for the suites. Targets: ${SUITE_TARGET_NAMES.join(", ")}`);
}

export const suiteTarget = (name: SuiteTargetName): SuiteTarget => SUITE_TARGETS[name];

/** The target of this run: TARGET names it; embedded unless said. */
export const currentTarget = (): SuiteTargetName => suiteTargetName(process.env["TARGET"] ?? "embedded");

/** Opens the target of this run, at the server that TARGET_ENDPOINT names. */
export function openTarget(): Promise<OpenTarget> {
  const target = suiteTarget(currentTarget());
  const endpoint = process.env["TARGET_ENDPOINT"];
  if (target.serve && endpoint === undefined) {
    throw new Error(`TARGET=${currentTarget()} asks for TARGET_ENDPOINT; \`make e2e-${currentTarget()}\` sets it.`);
  }
  if (process.env["E2E_RUNNER"] === "stdin") endWithRunner();
  return target.open(endpoint ?? "");
}

/** A runner that was killed takes its server with it: what answers at the address then is somebody else's. */
function endWithRunner(): void {
  process.stdin.once("end", () => process.kill(process.pid)).resume();
  process.stdin.unref();
}
