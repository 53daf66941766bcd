import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it, jest } from "@jest/globals";
import { ManualClock } from "../../emulator/index.ts";
import { ACCOUNT, DEFAULT_PROFILE, REGION } from "./account.ts";
import { type Environment, headwater } from "./command.ts";
import { contentsOf } from "./contents.ts";
import { useAccount } from "./use-account.ts";

// commands are processes: each takes a while to start
jest.setTimeout(120_000);

const SESSION_SECONDS = 3600;

/** A role that does not exist looks as one that trusts somebody else. */
const NOT_TRUSTED = `arn:aws:iam::${ACCOUNT}:role/not-trusted`;

const clock = new ManualClock(Date.now());

const account = useAccount({
  clock,
  profiles: {
    "no-region": { aws_access_key_id: ACCOUNT, aws_secret_access_key: "secret" },
    "signed-out": {
      sso_start_url: "https://training.example/start",
      sso_region: REGION,
      sso_account_id: ACCOUNT,
      sso_role_name: "Developer",
      region: REGION,
    },
    "not-trusted": { role_arn: NOT_TRUSTED, source_profile: DEFAULT_PROFILE, region: REGION },
    "with-mfa": {
      role_arn: `arn:aws:iam::${ACCOUNT}:role/with-mfa`,
      mfa_serial: `arn:aws:iam::${ACCOUNT}:mfa/phone`,
      source_profile: DEFAULT_PROFILE,
      region: REGION,
    },
    stranger: { aws_access_key_id: "ASIAUNKNOWNUNKNOWN00", aws_secret_access_key: "secret", region: REGION },
  },
});

/** What the command says of an account without making anything in it. */
const look = (environment: Environment, ...options: readonly string[]) =>
  headwater(["deploy", "rivers", "--target", "aws", "--dry-run", ...options], environment);

const without = (environment: Environment, ...names: readonly string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));

describe("where credentials and region are from", () => {
  it("is the profile devops-training, with its region", async () => {
    const { code, stdout } = await look(account.environment);
    expect(code).toBe(0);
    expect(stdout).toContain(`profile ${DEFAULT_PROFILE}`);
    expect(stdout).toContain(REGION);
  });

  it("is the environment, where it has keys and nobody asks for a profile", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "111122223333", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "us-west-2" };
    const { code, stdout } = await look({ ...account.environment, ...keys });
    expect(code).toBe(0);
    expect(stdout).toMatch(/AWS_ACCESS_KEY_ID/);
    expect(stdout).toContain("111122223333");
    expect(stdout).toContain("us-west-2");
  });

  it("is the profile that AWS_PROFILE names, also where the environment has keys, and that is said", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "111122223333", AWS_SECRET_ACCESS_KEY: "secret" };
    const { code, stdout } = await look({ ...account.environment, ...keys, AWS_PROFILE: DEFAULT_PROFILE });
    expect(code).toBe(0);
    expect(stdout).toContain(ACCOUNT);
    expect(stdout).toMatch(/AWS_ACCESS_KEY_ID .*passed over/);
  });

  it("is a role that the profile takes on, at the endpoint that the profile names", async () => {
    const role = await account.withRole("at-endpoint", undefined, { endpoint_url: account.endpoint });
    const { code, stdout } = await look(without(role, "AWS_ENDPOINT_URL"));
    expect(code).toBe(0);
    expect(stdout).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/at-endpoint/`);
  });

  it("is asked of --region before the environment and the profile", async () => {
    const { stdout } = await look({ ...account.environment, AWS_REGION: "us-west-2" }, "--region", "ap-south-1");
    expect(stdout).toContain("ap-south-1");
  });

  it("is missing, and the ways to name a region are told", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "no-region" });
    expect(code).toBe(1);
    for (const way of ["--region", "AWS_REGION", "`aws configure set region eu-central-1 --profile no-region`"]) {
      expect(stderr).toContain(way);
    }
  });
});

describe("credentials that do not work", () => {
  it("are of a profile that is not there: those that are there are named", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "devops" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no profile "devops" in .*config or .*credentials; profiles there: .*devops-training/);
    expect(stderr).toContain("aws configure --profile devops");
  });

  it("are of nobody: there is neither a profile nor a key in the environment", async () => {
    const nobody = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null", AWS_REGION: REGION };
    const { code, stderr } = await look({ ...nobody, AWS_ENDPOINT_URL: account.endpoint });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no profile "devops-training".*no profile is there.*aws configure/);
  });

  it("have expired: the way to new ones is told", async () => {
    await account.withRole("short");
    const sts = new STSClient(account.clientConfig);
    const { Credentials: session } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/short`,
        RoleSessionName: "session",
        DurationSeconds: SESSION_SECONDS,
      }),
    );
    const keys = {
      AWS_ACCESS_KEY_ID: session!.AccessKeyId!,
      AWS_SECRET_ACCESS_KEY: session!.SecretAccessKey!,
      AWS_SESSION_TOKEN: session!.SessionToken!,
      AWS_REGION: REGION,
    };
    expect(await look({ ...account.environment, ...keys })).toMatchObject({ code: 0 });
    await clock.advance(SESSION_SECONDS * 1000);
    const { code, stderr } = await look({ ...account.environment, ...keys });
    expect(code).toBe(1);
    expect(stderr).toMatch(/AWS_ACCESS_KEY_ID.*have expired.*AWS_SESSION_TOKEN/);
  });

  it("are of an SSO session that is signed out: the command that signs in is told", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "signed-out" });
    expect(code).toBe(1);
    expect(stderr).toContain("aws sso login --profile signed-out");
  });

  it("ask for a code of an MFA device, and nobody is there to type it", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "with-mfa" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/MFA device arn:aws:iam::\d+:mfa\/phone.*no terminal.*aws configure export-credentials/);
  });

  it("are unknown to the account", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "stranger" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not know these credentials \(profile stranger\)/);
  });

  it("may not take the role on: who trusts whom is told", async () => {
    const { code, stderr } = await look({ ...account.environment, AWS_PROFILE: "not-trusted" });
    expect(code).toBe(1);
    expect(stderr).toContain(`may not assume ${NOT_TRUSTED}: the role's trust policy has to name`);
  });

  it("made nothing in the account", async () => {
    const left = (await contentsOf(account.clientConfig)).filter((each) => !each.startsWith("AWS::IAM::Role "));
    expect(left).toEqual([]);
  });
});
