import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateStreamCommand, KinesisClient, PutRecordsCommand, waitUntilStreamExists } from "@aws-sdk/client-kinesis";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { headwater } from "../headwater-command.ts";
import { StartedCommand } from "../started-command.ts";

const CLIENT = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-start-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As our image starts it, but for the folder of its data and a free port. */
const asLocalstack = (environment: Readonly<Record<string, string>>, ...options: readonly string[]) =>
  new StartedCommand(["--as-localstack", "--port", "0", ...options], { HEADWATER_DATA_DIR: folder, ...environment });

describe("HEADWATER_* variables", () => {
  it("are options of start, of which those on the command line go first", async () => {
    const environment = { HEADWATER_PORT: "0", HEADWATER_DATA_DIR: folder, HEADWATER_IAM: "off" };
    await using command = new StartedCommand(["--iam", "on"], environment);
    await command.endpoint();
    expect(command.output).toContain(`(data in ${folder}, IAM on)`);
  });

  it("switch the limits of Kinesis off, for load", async () => {
    const environment = { HEADWATER_PORT: "0", HEADWATER_DATA_DIR: folder, HEADWATER_KINESIS_LIMITS: "off" };
    await using command = new StartedCommand([], environment);
    const config = { ...CLIENT, endpoint: await command.endpoint() };
    expect(command.output).toContain("IAM on, no limits of Kinesis)");
    const kinesis = new KinesisClient(config);
    const StreamName = "unlimited";
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName });
    const Records = Array.from({ length: 500 }, () => ({ PartitionKey: "k", Data: Buffer.alloc(5_000) }));
    const answers = await Promise.all(
      [1, 2, 3].map(() => kinesis.send(new PutRecordsCommand({ StreamName, Records }))),
    );
    expect(answers.map(({ FailedRecordCount }) => FailedRecordCount)).toEqual([0, 0, 0]);
    kinesis.destroy();
  });

  it("have all signatures verified, by keys of one's own as well", async () => {
    const environment = {
      HEADWATER_PORT: "0",
      HEADWATER_DATA_DIR: folder,
      HEADWATER_AUTH: "verify",
      HEADWATER_ACCESS_KEY: "first:one,second:tw:o/+",
    };
    await using command = new StartedCommand([], environment);
    const endpoint = await command.endpoint();
    expect(command.output).toContain("IAM on, signatures verified)");
    const outcome = async (accessKeyId: string, secretAccessKey: string) => {
      const sqs = new SQSClient({ ...CLIENT, endpoint, credentials: { accessKeyId, secretAccessKey } });
      const call = sqs.send(new CreateQueueCommand({ QueueName: "q" }));
      return call
        .then(
          () => "answered",
          (error: Error) => error.name,
        )
        .finally(() => sqs.destroy());
    };
    expect(await outcome("first", "one")).toBe("answered");
    expect(await outcome("second", "tw:o/+")).toBe("answered");
    expect(await outcome("test", "test")).toBe("answered");
    expect(await outcome("second", "one")).toBe("SignatureDoesNotMatch");
    expect(await outcome("third", "one")).toBe("InvalidClientTokenId");
  });

  it("say no to a flag", async () => {
    const environment = { HEADWATER_PORT: "0", HEADWATER_DATA_DIR: folder, HEADWATER_EPHEMERAL: "0" };
    await using command = new StartedCommand([], environment);
    await command.endpoint();
    expect(command.output).toContain(`(data in ${folder}`);
  });

  it("say nothing when they are empty, as Compose hands on those that are not set", async () => {
    const environment = { HEADWATER_PORT: "0", HEADWATER_DATA_DIR: folder, HEADWATER_IAM: "", HEADWATER_EPHEMERAL: "" };
    await using command = new StartedCommand([], environment);
    await command.endpoint();
    expect(command.output).toContain(`(data in ${folder}, IAM on)`);
  });

  it("are refused with their name when they make no sense", async () => {
    await using command = new StartedCommand([], { HEADWATER_PORT: "many" });
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/HEADWATER_PORT.*A port is a whole number from 0 to 65535/s);
  });

  it("are refused by their name when there is no such option, and those of other commands are not", async () => {
    const others = { HEADWATER_DEBUG: "0", HEADWATER_TARGET: "embedded", HEADWATER_COMMAND: "h", HEADWATER_IMAGE: "i" };
    const environment = { ...others, HEADWATER_DURABILTY: "power", HEADWATER_PORTT: "3", HEADWATER_UNSET: "" };
    await using command = new StartedCommand(["--port", "0", "--ephemeral"], environment);
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(
      /^There is no variable HEADWATER_DURABILTY, HEADWATER_PORTT\. There are .*HEADWATER_DURABILITY,.*\n$/,
    );
    await using started = new StartedCommand(["--port", "0", "--ephemeral"], others);
    expect(await started.endpoint()).toMatch(/^http:/);
  });

  it("are none when they tell where a Kubernetes service of that name is", async () => {
    const links = {
      HEADWATER_SERVICE_HOST: "10.0.0.11",
      HEADWATER_SERVICE_PORT: "4566",
      HEADWATER_SERVICE_PORT_EDGE: "4566",
      HEADWATER_PORT: "tcp://10.0.0.11:4566",
      HEADWATER_PORT_4566_TCP: "tcp://10.0.0.11:4566",
      HEADWATER_PORT_4566_TCP_PROTO: "tcp",
      HEADWATER_PORT_4566_TCP_PORT: "4566",
      HEADWATER_PORT_4566_TCP_ADDR: "10.0.0.11",
    };
    await using command = new StartedCommand(["--port", "0", "--ephemeral"], links);
    expect(await command.endpoint()).toMatch(/^http:/);
  });

  it("are refused when they are to say yes or no and say neither", async () => {
    await using command = new StartedCommand(["--port", "0"], { HEADWATER_EPHEMERAL: "maybe" });
    expect(await command.ended()).toBe(1);
    expect(command.output).toBe("HEADWATER_EPHEMERAL is 1 or true, 0 or false, and not maybe.\n");
  });
});

describe("headwater start --as-localstack", () => {
  it("prints the line that tools for LocalStack wait for", async () => {
    await using command = asLocalstack({});
    await command.printed(/^Ready\.$/m);
    expect(command.output).not.toContain("no effect");
  });

  it("names the variables of LocalStack that have no effect here, in one line", async () => {
    const environment = { SERVICES: "s3", LAMBDA_KEEPALIVE_MS: "1", LOCALSTACK_EAGER_SERVICE_LOADING: "1", OTHER: "1" };
    await using command = asLocalstack({ ...environment, PROVIDER_OVERRIDE_S3: "v3", DOCKER_HOST: "unix:///x" });
    const [, names] = await command.printed(/no effect here","variables":(\[.*?\])/);
    expect(JSON.parse(names!)).toEqual([
      "DOCKER_HOST",
      "LAMBDA_KEEPALIVE_MS",
      "LOCALSTACK_EAGER_SERVICE_LOADING",
      "PROVIDER_OVERRIDE_S3",
      "SERVICES",
    ]);
  });

  it("keeps nothing with PERSISTENCE=0, and the data otherwise; S3_SKIP_SIGNATURE_VALIDATION lets every URL in", async () => {
    await using forgetful = asLocalstack({ PERSISTENCE: "0", S3_SKIP_SIGNATURE_VALIDATION: "1" });
    await forgetful.endpoint();
    expect(forgetful.output).toContain("(nothing is kept, IAM on, no signatures verified)");
    await using keeping = asLocalstack({ PERSISTENCE: "1" });
    await keeping.endpoint();
    expect(keeping.output).toContain(`(data in ${folder}`);
  });

  it("logs as much as DEBUG and LS_LOG ask for, also with LocalStack's prefix", async () => {
    await using debug = asLocalstack({ LOCALSTACK_DEBUG: "1" });
    await debug.json("/_localstack/health");
    await debug.printed(/"level":"info","message":"request"/);
    await debug.end();
    await using quiet = asLocalstack({ DEBUG: "1", LS_LOG: "error", SERVICES: "s3" });
    await quiet.json("/_localstack/health");
    await quiet.end();
    expect(quiet.output).not.toContain('"level"');
  });

  it("listens where GATEWAY_LISTEN says", async () => {
    await using command = new StartedCommand(["--as-localstack"], {
      HEADWATER_DATA_DIR: folder,
      GATEWAY_LISTEN: "127.0.0.1:0",
    });
    expect(await command.endpoint()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await using several = new StartedCommand(["--as-localstack"], { GATEWAY_LISTEN: "0.0.0.0:4566,0.0.0.0:443" });
    expect(await several.ended()).toBe(1);
    expect(several.output).toContain("GATEWAY_LISTEN is one address here");
  });

  it("refuses what says neither yes nor no", async () => {
    for (const [name, value] of Object.entries({ ENFORCE_IAM: "2", PERSISTENCE: "maybe", DEBUG: "yes" })) {
      await using command = asLocalstack({ [name]: value });
      expect(await command.ended()).toBe(1);
      expect(command.output).toBe(`${name} is 1 or true, 0 or false, and not ${value}.\n`);
    }
  });

  it("refuses a level of LS_LOG that there is not", async () => {
    await using command = asLocalstack({ LS_LOG: "loud" });
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain("LS_LOG is one of");
  });

  it("takes none of LocalStack's variables without it", async () => {
    await using command = new StartedCommand(["--port", "0", "--data-dir", folder], { PERSISTENCE: "0", DEBUG: "1" });
    await command.json("/_localstack/health");
    expect(command.output).toContain(`(data in ${folder}`);
    expect(command.output).not.toContain('"level"');
  });
});

describe("headwater health", () => {
  it("names the hooks that have failed", async () => {
    mkdirSync(join(folder, "ready.d"));
    writeFileSync(join(folder, "ready.d", "seed.mjs"), "process.exit(4);");
    await using command = new StartedCommand(["--port", "0", "--ephemeral", "--init-dir", folder]);
    const { port } = new URL(await command.endpoint());
    await expect(headwater("health", "--port", port)).rejects.toThrow(/hooks failed.*seed\.mjs: .* exit code 4/);
  });

  it("says how the emulator is, by its exit code as well", async () => {
    await using command = new StartedCommand(["--port", "0", "--data-dir", folder]);
    const { port } = new URL(await command.endpoint());
    expect(await headwater("health", "--port", port)).toContain("is well");
    await command.end();
    await expect(headwater("health", "--port", port)).rejects.toThrow(`No emulator at http://127.0.0.1:${port}`);
  });
});

describe("LOCALSTACK_HOST", () => {
  it("is for links in messages: URLs in answers name the host of their request", async () => {
    await using command = asLocalstack({ LOCALSTACK_HOST: "emulator" }, "--host", "127.0.0.1");
    const endpoint = (await command.endpoint()).replace("127.0.0.1", "localhost");
    const sqs = new SQSClient({ ...CLIENT, endpoint });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
    expect(QueueUrl).toBe(`${endpoint}/000000000000/q`);
  });
});
