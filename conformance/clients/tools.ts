import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import AdmZip from "adm-zip";
import { bundleHandlers } from "../../cli/deployment/bundle.ts";
import { findPipeline, PIPELINE_NAMES } from "../../cli/pipelines/index.ts";

/** Why a tool cannot be used here; undefined when it can. */
export function whyMissing(command: string, ...args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 30_000 });
  if (status === 0) return undefined;
  return error ? `${command} is not installed` : `${command} ${args.join(" ")}: ${stderr.trim().split("\n").at(-1)}`;
}

/** `describe`, or, where a tool is missing, `describe.skip` and a line that says why. */
export function describeUnless(reason: string | undefined, name: string): typeof describe {
  if (reason === undefined) return describe;
  process.stderr.write(`SKIPPED: ${name}: ${reason}\n`);
  return describe.skip;
}

/** The same for one test. */
export function itUnless(reason: string | undefined, name: string): typeof it {
  if (reason === undefined) return it;
  process.stderr.write(`SKIPPED: ${name}: ${reason}\n`);
  return it.skip;
}

/** What every AWS tool takes its settings from: nothing of the user's own configuration. */
export const awsEnvironment = (endpoint: string): NodeJS.ProcessEnv => ({
  ...process.env,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_REGION: "us-east-1",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_PAGER: "",
  AWS_MAX_ATTEMPTS: "1",
  AWS_CLI_FILE_ENCODING: "UTF-8",
});

/** Runs a program to its end. Fails with what it wrote unless it ends with 0. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { ...options, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** The AWS CLI on a target. Each call is a process of its own. */
export interface AwsCli {
  /** @returns what the command writes */
  readonly run: (...args: readonly string[]) => Promise<string>;
  readonly json: <T>(...args: readonly string[]) => Promise<T>;
}

const AWS_CONFIG = join(import.meta.dirname, "aws-config");

/** @param settings environment variables: other credentials, for one */
export function awsCli(target: { readonly endpoint: string }, settings: NodeJS.ProcessEnv = {}): AwsCli {
  const run = (...args: readonly string[]): Promise<string> =>
    // version 1 of the CLI does not take the endpoint of SQS from AWS_ENDPOINT_URL
    runProgram("aws", ["--endpoint-url", target.endpoint, ...args], {
      env: { ...awsEnvironment(target.endpoint), AWS_CONFIG_FILE: AWS_CONFIG, ...settings },
    });
  return {
    run,
    json: async <T>(...args: readonly string[]) => JSON.parse(await run(...args, "--output", "json")) as T,
  };
}

/** Writes each pipeline's code, as it is deployed, to a zip of its name: the paths by name. */
export function writeBundles(
  folder: string,
  names: readonly string[] = PIPELINE_NAMES,
): Readonly<Record<string, string>> {
  const written = names.map((name) => {
    const file = join(folder, `${name}.zip`);
    writeFileSync(file, bundleHandlers(findPipeline(name)).zip);
    return [name, file] as const;
  });
  return Object.fromEntries(written);
}

/** Writes the code of the rivers function, and of one that says what it was given, as zips. */
export function writeZips(folder: string): { rivers: string; echo: string } {
  const zips = { rivers: join(folder, "rivers.zip"), echo: join(folder, "echo.zip") };
  writeFileSync(zips.rivers, bundleHandlers(findPipeline("rivers")).zip);
  const echo = new AdmZip();
  echo.addFile("index.mjs", Buffer.from(ECHO));
  writeFileSync(zips.echo, echo.toBuffer());
  return zips;
}

const ECHO = `
export const handler = async (event) => {
  if (event.fail) throw new TypeError(event.fail);
  console.log("given " + JSON.stringify(event.Records ? event.Records.map((record) => record.kinesis?.data ?? record.body) : event));
  return { event, greeting: process.env.GREETING };
};
`;

export const TRUST_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
