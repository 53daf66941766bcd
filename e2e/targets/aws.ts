import { identify } from "../../cli/aws/identity.ts";
import { destroyPipeline } from "../../cli/commands/destroy.ts";
import { cloudFormation, findStack } from "../../cli/deployment/stack.ts";
import { UserError } from "../../cli/errors.ts";
import { PIPELINES } from "../../cli/pipelines/index.ts";
import { findTarget, onTarget, type Target } from "../../cli/targets/index.ts";
import { Account } from "../aws/account.ts";
import { type SuiteTarget, Unavailable } from "./target.ts";

const ACCOUNT_PATIENCE_MS = 180_000;
const EMULATOR_PATIENCE_MS = 30_000;

const silent = { write: () => true };

/** Somebody's account, or what AWS_ENDPOINT_URL names in its place: with the user's own profile and region. */
export const aws: SuiteTarget = {
  async serve() {
    const { AWS_ENDPOINT_URL: standIn, CONFIRM: consent } = process.env;
    if (standIn === undefined && consent !== "yes") {
      throw new Unavailable("it costs money in an account: CONFIRM=yes agrees, AWS_ENDPOINT_URL leads it elsewhere");
    }
    try {
      return await onTarget({ target: "aws" }, async (target) => {
        const { account, arn } = await identify(target);
        await refuseTaken(target);
        return {
          endpoint: standIn ?? "AWS",
          title: `account ${account} in ${target.clientConfig.region} as ${arn}`,
          // what a suite that failed has left costs money
          [Symbol.asyncDispose]: () => destroyAll(target),
        };
      });
    } catch (error) {
      throw error instanceof UserError ? new Unavailable(error.message, { cause: error }) : error;
    }
  },
  open: () => openAws(ACCOUNT_PATIENCE_MS),
};

async function destroyAll(target: Target): Promise<void> {
  for (const pipeline of PIPELINES) await destroyPipeline(target, pipeline, silent);
}

/** The way of the aws target without an account: an emulator by AWS_ENDPOINT_URL, as a role that a profile takes on. */
export const awsEmulated: SuiteTarget = {
  async serve() {
    const account = new Account();
    await account.open();
    return {
      endpoint: account.endpoint,
      title: "the aws target's way to an emulator",
      environment: await account.withRole("deployer"),
      [Symbol.asyncDispose]: () => account.close(),
    };
  },
  open: () => openAws(EMULATOR_PATIENCE_MS),
};

async function openAws(patienceMs: number) {
  return {
    target: await findTarget({ target: "aws" }),
    patienceMs,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The suites deploy pipelines under their own names, and delete them. @throws UserError where somebody uses them */
async function refuseTaken(target: Target): Promise<void> {
  const client = cloudFormation(target);
  const found = await Promise.all(PIPELINES.map(async ({ name }) => ((await findStack(client, name)) ? [name] : [])));
  const taken = found.flat();
  if (taken.length === 0) return;
  const { region } = target.clientConfig;
  throw new UserError(
    `${taken.join(", ")} of ${region} would be overwritten and deleted by the suites: name another region with AWS_REGION, or destroy them first.`,
  );
}
