import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { deployPipeline } from "../../cli/commands/deploy.ts";
import { findPipeline } from "../../cli/pipelines/index.ts";
import { findTarget } from "../../cli/targets/index.ts";
import { aws } from "../targets/aws.ts";
import { ACCOUNT, REGION } from "./account.ts";
import { contentsOf } from "./contents.ts";
import { useAccount } from "./use-account.ts";

// a deployment takes a while on a busy machine
jest.setTimeout(120_000);

const account = useAccount();
const before = { ...process.env };

beforeEach(() => {
  delete process.env["CONFIRM"];
  Object.assign(process.env, account.environment);
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** `make e2e-aws` */
describe("the suites of the pipelines in an account", () => {
  it("are not run unasked, as they cost money", async () => {
    delete process.env["AWS_ENDPOINT_URL"];
    await expect(aws.serve!()).rejects.toMatchObject({
      name: "Unavailable",
      message: expect.stringContaining("CONFIRM=yes"),
    });
  });

  it("are not run without credentials, which is told in a line", async () => {
    process.env["AWS_PROFILE"] = "nobody";
    await expect(aws.serve!()).rejects.toMatchObject({
      name: "Unavailable",
      message: expect.stringContaining('There is no profile "nobody"'),
    });
  });

  it("name the account and delete what they have left there", async () => {
    const server = await aws.serve!();
    expect(server.title).toBe(`account ${ACCOUNT} in ${REGION} as arn:aws:iam::${ACCOUNT}:root`);
    const { target } = await aws.open(server.endpoint);
    await deployPipeline(target, findPipeline("rivers"), {}, { write: () => true });
    expect(await contentsOf(account.clientConfig)).toContain("AWS::CloudFormation::Stack rivers");
    await server[Symbol.asyncDispose]();
    expect(await contentsOf(account.clientConfig)).toEqual([]);
  });

  it("overwrite and delete nothing that somebody uses", async () => {
    await deployPipeline(await findTarget({ target: "aws" }), findPipeline("rivers"), {}, { write: () => true });
    await expect(aws.serve!()).rejects.toMatchObject({
      name: "Unavailable",
      message: expect.stringContaining(`rivers of ${REGION} would be overwritten and deleted`),
    });
    expect(await contentsOf(account.clientConfig)).toContain("AWS::CloudFormation::Stack rivers");
  });
});
