import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { UpdateShardCountCommand } from "@aws-sdk/client-kinesis";
import { DeleteEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { ENVIRONMENT, HEADWATER, ROOT } from "../../headwater-command.ts";
import { makeRole } from "../../role.ts";
import { keys, MappingFixture } from "../event-source-mapping-fixture.ts";

interface Shard {
  readonly shardId: string | null;
  readonly position: { readonly kind: string; readonly sequenceNumber?: string } | null;
  readonly batches: readonly { readonly size: number; readonly attempt: number; readonly lastError: string | null }[];
  readonly counts: Readonly<Record<string, number>>;
}

const command = (...args: readonly string[]): string[] => [...HEADWATER, "mappings", ...args];

describe("headwater mappings", () => {
  const aws = MappingFixture.use();

  const run = async (...args: readonly string[]): Promise<string> => {
    const all = command(...args, "--endpoint", aws.target.endpoint);
    const { stdout } = await promisify(execFile)(process.execPath, all, { cwd: ROOT, env: ENVIRONMENT });
    return stdout;
  };

  /** What the command shows, without a process for each look. */
  const shardsOf = async (name: string): Promise<readonly Shard[]> => {
    const page = await fetch(`${aws.target.endpoint}/_headwater/event-source-mappings`);
    const { mappings } = (await page.json()) as { mappings: { functionArn: string; shards: Shard[] }[] };
    return mappings.find(({ functionArn }) => functionArn.endsWith(`:${name}`))?.shards ?? [];
  };

  const setUp = async (name: string, input: object = {}) => {
    const consumer = await aws.consumer(name);
    const EventSourceArn = await aws.stream(name);
    const UUID = await aws.mapping({ FunctionName: name, EventSourceArn, ...input });
    return { ...consumer, UUID };
  };

  it("says so where there are none, and with which functions there are some", async () => {
    await expect(run()).resolves.toBe("No event source mappings.\n");
    const { UUID } = await setUp("only");
    await expect(run("--function", "other")).rejects.toMatchObject({
      code: 1,
      stderr: "No event source mapping calls other. Functions that have: only.\n",
    });
    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    await aws.stepUntil("the mapping is gone", () =>
      aws.describe(UUID).then(
        () => undefined,
        () => true,
      ),
    );
  });

  it("shows the checkpoint of each shard, and the batch that holds it up", async () => {
    const { behave, events } = await setUp("held-up");
    const done = await aws.put("held-up", ["good"]);
    await aws.stepUntil("the first record is done", async () => {
      const [shard] = await shardsOf("held-up");
      return shard?.position?.sequenceNumber === done[0] ? true : undefined;
    });
    expect(await run("--function", "held-up")).toMatch(
      new RegExp(
        String.raw`^stream/held-up -> held-up: Enabled, OK \(1 read, 1 handed to the function\)\n` +
          String.raw`  Shard +Checkpoint +Age +Waiting +In flight +Attempt +Next attempt +Last error\n  [- ]+\n` +
          String.raw`  shardId-000000000000 +…${done[0]?.slice(-12)} +0 s +0 +-\n$`,
      ),
    );

    behave(() => ({ error: "out of order" }));
    const put = await aws.put("held-up", keys(3));
    await aws.stepUntil("the second attempt has failed", () => (events.length >= 3 ? true : undefined));
    const failing = await aws.stepUntil("the error is told", async () => {
      const [shard] = await shardsOf("held-up");
      return shard?.batches[0]?.lastError == null ? undefined : shard;
    });
    expect(failing).toMatchObject({
      position: { kind: "after", sequenceNumber: done[0] },
      batches: [{ size: 3, first: put[0], last: put[2], lastError: expect.stringContaining("out of order") }],
    });
    expect(failing.batches[0]?.attempt).toBeGreaterThanOrEqual(2);
    expect(JSON.parse(await run("--json", "--function", "held-up"))).toMatchObject([
      { function: "held-up", state: "Enabled", shards: [{ position: failing.position, batches: [{ size: 3 }] }] },
    ]);
    const shown = await run("--function", "held-up");
    expect(shown).toMatch(/held-up: Enabled, PROBLEM: Function call failed/);
    expect(shown).toMatch(
      new RegExp(`3: …${put[0]?.slice(-12)} to …${put[2]?.slice(-12)} +[2-9] +(running|in .*) +.*out of order`),
    );
    behave(() => undefined);
  });

  it("shows a queue as one line without a checkpoint", async () => {
    const sqs = new SQSClient(aws.target.clientConfig());
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: "jobs", Attributes: { VisibilityTimeout: "90" } }),
    );
    const { events } = await aws.consumer<SQSEvent>("jobs");
    await aws.mapping({
      FunctionName: "jobs",
      EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:jobs",
      StartingPosition: undefined,
    });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    await aws.stepUntil("the message is delivered", () => (events.length > 0 ? true : undefined));
    expect(await run("--function", "jobs")).toMatch(/^jobs -> jobs: Enabled.*\n.*\n.*\n {2}\(queue\) +- /);
    sqs.destroy();
  });

  it("shows how old the message of a queue is that waits for a batch", async () => {
    const sqs = new SQSClient(aws.target.clientConfig());
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: "gathered", Attributes: { VisibilityTimeout: "300" } }),
    );
    await aws.consumer<SQSEvent>("gathered");
    await aws.mapping({
      FunctionName: "gathered",
      EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:gathered",
      StartingPosition: undefined,
      MaximumBatchingWindowInSeconds: 300,
    });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    await aws.stepUntil("the message is received", async () => {
      const [shard] = await shardsOf("gathered");
      return shard?.counts["read"] === 1 ? true : undefined;
    });
    await aws.target.clock.advance(61_000);
    expect(await run("--function", "gathered")).toMatch(/\n {2}\(queue\) +- +1 min \d+ s +1 +-\n$/);
    sqs.destroy();
  });

  it("shows the checkpoints of a mapping that is switched off, and the children that wait for their parents", async () => {
    const { behave, UUID } = await setUp("resharded");
    behave(() => ({ error: "not yet" }));
    const StreamName = "resharded";
    await aws.put(StreamName, ["one"]);
    await aws.kinesis.send(
      new UpdateShardCountCommand({ StreamName, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" }),
    );
    await aws.stepUntil("the children are seen", async () =>
      (await shardsOf("resharded")).length > 1 ? true : undefined,
    );
    expect(await run("--function", "resharded")).toMatch(
      /shardId-000000000001 +the beginning +unknown +0 +waits for its parents\n/,
    );
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await aws.state(UUID, "Disabled");
    expect(await run("--function", "resharded")).toMatch(/shardId-000000000000 +the beginning +unknown +0 +-\n/);
  });

  it("follows each change on a line of its own, and ends well with Ctrl+C", async () => {
    await setUp("followed");
    const child = spawn(
      process.execPath,
      command("--follow", "--function", "followed", "--endpoint", aws.target.endpoint),
      { cwd: ROOT, env: ENVIRONMENT, stdio: ["ignore", "pipe", "inherit"] },
    );
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const whenShown = (what: RegExp) => aws.stepUntil(String(what), () => (what.test(text) ? true : undefined));
    await whenShown(/ {2}stream\/followed -> followed: Enabled/);
    const [sequenceNumber = ""] = await aws.put("followed", ["one"]);
    await whenShown(
      new RegExp(`followed {2}shardId-000000000000; checkpoint …${sequenceNumber.slice(-12)};.*nothing in flight`),
    );
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  const hasScript = spawnSync("script", ["--version"]).status === 0;
  if (!hasScript)
    process.stdout.write("headwater mappings --follow on a terminal: not tested, there is no script(1) here\n");
  (hasScript ? it : it.skip)("draws over what it drew before on a terminal", async () => {
    await setUp("drawn");
    const inTerminal = [
      process.execPath,
      ...command("--follow", "--function", "drawn", "--endpoint", aws.target.endpoint),
    ];
    const child = spawn("script", ["-qefc", `stty rows 40 cols 200; exec ${inTerminal.join(" ")}`, "/dev/null"], {
      cwd: ROOT,
      env: ENVIRONMENT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    // up over what was drawn, and clear from there
    // eslint-disable-next-line no-control-regex
    const redrawn = /drawn: Enabled[^]*\u001b\[\d+A[^]*\u001b\[0J[^]*drawn: Enabled/;
    await aws.stepUntil("it is drawn twice", () => (redrawn.test(text) ? true : undefined));
    child.stdin.write("\u0003");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("shows what Lambda and CloudWatch tell on other targets, and what they do not", async () => {
    const all = command("--target", "localstack", "--function", "held-up", "--endpoint", aws.target.endpoint);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, all, { cwd: ROOT, env: ENVIRONMENT });
    expect(stdout).toMatch(/^stream\/held-up -> held-up: Enabled, .*, iterator age \d/);
    expect(stdout).not.toContain("Checkpoint");
    expect(stderr).toMatch(/Checkpoints, batches and attempts are not told on localstack/);
  });

  it("shows mappings to those as well who may not read metrics", async () => {
    const config = aws.target.clientConfig();
    const statements = [{ Effect: "Allow", Action: "lambda:*", Resource: "*" }] as const;
    const RoleArn = await makeRole(config, "sees-no-metrics", { statements, service: "ec2.amazonaws.com" });
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
    });
    const iam = new IAMClient(config);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "sees-no-metrics", PolicyDocument: trust }));
    const sts = new STSClient(config);
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "user" }));
    const env = {
      ...ENVIRONMENT,
      AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials?.SessionToken,
      AWS_REGION: "us-east-1",
    };
    const all = command("--target", "aws", "--function", "held-up", "--endpoint", aws.target.endpoint);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, all, { cwd: ROOT, env });
    expect(stdout).toMatch(/^stream\/held-up -> held-up: Enabled/);
    expect(stderr).toMatch(/There are no ages: .*not authorized to perform: cloudwatch:GetMetricData/);
    iam.destroy();
    sts.destroy();
  });
});
