import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it, jest } from "@jest/globals";
import { ACCOUNT, EVERYTHING, keysOf, REGION } from "./account.ts";
import { type Environment, headwater } from "./command.ts";
import { contentsOf } from "./contents.ts";
import { startProxy, Throttle } from "./proxy.ts";
import { useAccount } from "./use-account.ts";

// commands are processes: each takes a while to start
jest.setTimeout(120_000);

/** Where nothing is yet. */
const OTHER_REGION = "ap-south-1";

const account = useAccount();

const deploy = (environment: Environment) =>
  headwater(["deploy", "rivers", "--target", "aws"], { ...environment, CONFIRM: "yes" });

const destroy = (environment: Environment) =>
  headwater(["destroy", "rivers", "--target", "aws"], { ...environment, CONFIRM: "yes" });

/** Everything but the role that a test made for itself. */
const contents = async () =>
  (await contentsOf(account.clientConfig)).filter((each) => !each.startsWith("AWS::IAM::Role may-not"));

describe("missing permissions", () => {
  it("name the action, the resource and the identity, where the deployment cannot begin", async () => {
    const role = await account.withRole("may-not-plan", [
      EVERYTHING,
      { Effect: "Deny", Action: "cloudformation:CreateChangeSet", Resource: "*" },
    ]);
    const { code, stderr } = await deploy(role);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `assumed-role/may-not-plan/\\S+ may not cloudformation:CreateChangeSet on arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/rivers`,
      ),
    );
    expect(await contents()).toEqual([]);
  });

  it("roll the stack back, and name the resource, the action and the statement that is missing", async () => {
    const role = await account.withRole("may-not-stream", [
      { Effect: "Allow", NotAction: "kinesis:CreateStream", Resource: "*" },
    ]);
    const { code, stdout, stderr } = await deploy(role);
    expect(code).toBe(1);
    expect(stdout).toMatch(/CREATE_FAILED +Stream /);
    expect(stderr).toMatch(/ROLLBACK_COMPLETE.*Stream.*kinesis:CreateStream/);
    expect(stderr).toContain('"Action":"kinesis:CreateStream"');
    const left = await contents();
    expect(
      left.filter((each) => !/^AWS::(CloudFormation::Stack rivers|S3::Bucket headwater-artifacts-.*)$/.test(each)),
    ).toEqual([]);

    // with the permission, the next deployment takes what is left away, and goes on
    const second = await deploy(account.environment);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/CREATE_COMPLETE +Stream /) });
  });

  it("are no reason to fail where only the protection of the stack needs them: that is said", async () => {
    const role = await account.withRole("may-not-protect", [
      EVERYTHING,
      { Effect: "Deny", Action: "cloudformation:UpdateTerminationProtection", Resource: "*" },
    ]);
    const elsewhere = { ...role, AWS_REGION: OTHER_REGION };
    const { code, stdout } = await deploy(elsewhere);
    expect(code).toBe(0);
    expect(stdout).toMatch(/rivers: not protected .*cloudformation:UpdateTerminationProtection/);
    expect(await destroy(elsewhere)).toMatchObject({ code: 0 });
  });

  it("leave a stack that can be deleted with them later", async () => {
    const role = await account.withRole("may-not-delete", [
      EVERYTHING,
      { Effect: "Deny", Action: "kinesis:DeleteStream", Resource: "*" },
    ]);
    const { code, stderr } = await destroy(role);
    expect(code).toBe(1);
    expect(stderr).toMatch(/DELETE_FAILED.*Stream.*kinesis:DeleteStream/);
    expect(await contents()).toContain("AWS::CloudFormation::Stack rivers");

    const stuck = await deploy(account.environment);
    expect(stuck).toMatchObject({ code: 1, stderr: expect.stringMatching(/stuck in DELETE_FAILED.*destroy rivers/) });
    expect(await destroy(account.environment)).toMatchObject({ code: 0 });
    expect(await contents()).toEqual([]);
  });
});

describe("the artifact bucket", () => {
  it("is not used when its name belongs to another account", async () => {
    const stranger = new S3Client({
      ...account.clientConfig,
      region: OTHER_REGION,
      credentials: keysOf("333333333333"),
      forcePathStyle: true,
    });
    const Bucket = `headwater-artifacts-${ACCOUNT}-${OTHER_REGION}`;
    const location = { LocationConstraint: OTHER_REGION } as const;
    await stranger.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
    const { code, stderr } = await deploy({ ...account.environment, AWS_REGION: OTHER_REGION });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`${Bucket}.*(another account|somebody else)`));
  });
});

describe("throttling", () => {
  it("is waited out", async () => {
    const throttle = new Throttle("CreateChangeSet", 3);
    await using proxy = await startProxy(account.endpoint, throttle.intercept);
    const environment = { ...account.environment, AWS_ENDPOINT_URL: proxy.endpoint };
    const { code, stderr } = await deploy(environment);
    expect(code).toBe(0);
    expect(throttle.refused).toBe(3);
    expect(stderr).toContain("Rate exceeded");
    expect(await destroy(account.environment)).toMatchObject({ code: 0 });
  });

  it("that does not end is told, with what to do, and nothing is half made", async () => {
    const throttle = new Throttle("CreateChangeSet", Infinity);
    await using proxy = await startProxy(account.endpoint, throttle.intercept);
    const environment = { ...account.environment, AWS_ENDPOINT_URL: proxy.endpoint, AWS_MAX_ATTEMPTS: "3" };
    const { code, stderr } = await deploy(environment);
    expect(code).toBe(1);
    expect(throttle.refused).toBe(3);
    expect(stderr).toMatch(/throttles.*after 3 attempts.*Rate exceeded.*AWS_MAX_ATTEMPTS/);
    expect(await contents()).toEqual([]);
  });
});

describe("a network", () => {
  it("that does not answer is told with the address", async () => {
    const { code, stderr } = await deploy({ ...account.environment, AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not answer.*127\.0\.0\.1:9/);
  });

  it("that is a sign-in page is told", async () => {
    await using page = await startProxy(account.endpoint, () => ({ status: 200, body: "<html><p>Welcome<br></html>" }));
    const { code, stderr } = await deploy({ ...account.environment, AWS_ENDPOINT_URL: page.endpoint });
    expect(code).toBe(1);
    expect(stderr).toMatch(/not AWS.*sign-in page.*AWS_ENDPOINT_URL/);
  });
});
