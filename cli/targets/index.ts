import { UserError } from "../errors.ts";
import { COMMAND } from "../package.ts";
import { embedded, localstack } from "./emulators.ts";
import type { MakeTarget, Target, TargetSettings } from "./target.ts";

export type { Account, ClientSettings, Target } from "./target.ts";

export interface TargetOptions extends TargetSettings {
  readonly target: string;
}

/** What only an account needs (profiles, sign-ins) is loaded for an account. */
const aws: MakeTarget = async (settings) => (await import("./aws.ts")).aws(settings);

const TARGETS: Readonly<Record<string, MakeTarget>> = { embedded, localstack, aws };

export const TARGET_NAMES = Object.keys(TARGETS);

export const DEFAULT_TARGET = "embedded";

export async function findTarget({ target, ...settings }: TargetOptions): Promise<Target> {
  const make = TARGETS[target];
  if (!make) throw new UserError(`There is no target "${target}". Targets: ${TARGET_NAMES.join(", ")}.`);
  return { name: target, ...(await make(settings)) };
}

/** A command as a user types it to work on a target: which one is said where it is not the one of whoever says nothing. */
export function commandOn({ name }: Pick<Target, "name">, command: string): string {
  const isUsual = name === (process.env["HEADWATER_TARGET"] ?? DEFAULT_TARGET);
  return `${COMMAND} ${command}${isUsual ? "" : ` --target ${name}`}`;
}

/** A command of the AWS CLI that works on a target: at its endpoint, with the profile that it uses. */
export function awsCommandOn({ clientConfig: { endpoint, region }, account }: Target, command: string): string {
  // an account's target sets the variable to the profile that it takes
  const profile = account && process.env["AWS_PROFILE"];
  const options = [
    `--region ${region}`,
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ...(endpoint === undefined ? [] : [`--endpoint-url ${endpoint}`]),
  ];
  return `aws ${command} ${options.join(" ")}`;
}

/** Runs `work` on a target; what a failed call means there is said, with what to do about it. */
export async function onTarget<T>(options: TargetOptions, work: (target: Target) => Promise<T>): Promise<T> {
  const target = await findTarget(options);
  try {
    return await work(target);
  } catch (error) {
    throw target.explain(error);
  }
}
