import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { LocalstackContainer } from "@testcontainers/localstack";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import AdmZip from "adm-zip";
import { GenericContainer, Network, type StartedNetwork, Wait } from "testcontainers";
import { VERSION } from "../../cli/package.ts";
import { makeRole } from "../../conformance/role.ts";
import { eventually } from "../../e2e/eventually.ts";
import { describeOn } from "../../e2e/targets/describe-on.ts";
import { projectImage } from "../../e2e/targets/project-image.ts";
import {
  inspectContainer,
  inspectImage,
  killContainer,
  LockedContainer,
  removeContainer,
  temporaryVolume,
} from "./image-fixture.ts";
import { HeadwaterContainer, type StartedHeadwaterContainer } from "./index.ts";

const PATIENCE_MS = 60_000;
/** An image may have to be built first. */
const BUILD_MS = 600_000;

const describeImage = describeOn("container", "our image in a container");

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-hooks-"));
  // the image's user is another one
  chmodSync(folder, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

function hook(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

const SEED = `import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "seeded" }));`;

describeImage("the image, locked up", () => {
  let network: StartedNetwork;
  let headwater: StartedHeadwaterContainer;

  beforeAll(async () => {
    network = await new Network().start();
    hook("boot.d/begin.sh", "#!/bin/sh\ntrue");
    hook("ready.d/1-first.sh", "#!/bin/sh\ntest -d /proc");
    hook("ready.d/2-seed.mjs", SEED);
    headwater = await (
      await LockedContainer.make()
    )
      .withBindMounts([{ source: folder, target: "/etc/localstack/init", mode: "ro" }])
      .withNetwork(network)
      .withNetworkAliases("emulator")
      .withIam("off")
      .start();
  }, BUILD_MS);

  afterAll(async () => {
    await headwater.stop();
    await network.stop();
  });

  it("runs as a user without rights, who can write its data only", async () => {
    expect((await headwater.exec(["id", "-u"])).output.trim()).toBe("1000");
    for (const path of ["/etc/x", "/opt/headwater/x", "/usr/local/bin/x"]) {
      expect((await headwater.exec(["touch", path])).exitCode).not.toBe(0);
    }
    expect((await headwater.exec(["touch", "/var/lib/localstack/x"])).exitCode).toBe(0);
  });

  it("has tini as its first process, which takes away what hooks and functions leave behind", async () => {
    expect((await headwater.exec(["cat", "/proc/1/comm"])).output.trim()).toBe("tini");
    const orphan = "sh -c 'sleep 0.1 & exit 0'";
    await headwater.exec(["sh", "-c", orphan]);
    const zombies = async () =>
      (await headwater.exec(["sh", "-c", "grep -l 'State:.Z' /proc/[0-9]*/status || true"])).output.trim();
    expect(await eventually(PATIENCE_MS, zombies, (found) => found === "")).toBe("");
  });

  it("is healthy for the engine", async () => {
    const health = async () => (await inspectContainer(headwater.getId())).State.Health?.Status;
    expect(await eventually(PATIENCE_MS, health, (status) => status !== "starting")).toBe("healthy");
  });

  it("has run its hooks in order before it counts as started, and they find the SDK", async () => {
    const page = await fetch(`${headwater.getConnectionUri()}/_localstack/init`);
    expect(await page.json()).toEqual({
      completed: { BOOT: true, START: true, READY: true, SHUTDOWN: false },
      scripts: [
        { stage: "BOOT", name: "begin.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "1-first.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "2-seed.mjs", state: "SUCCESSFUL" },
      ],
    });
    const { Buckets } = await new S3Client(headwater.clientConfig()).send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["seeded"]);
  });

  it("answers LocalStack's health", async () => {
    const page = await fetch(`${headwater.getConnectionUri()}/_localstack/health`);
    expect(await page.json()).toMatchObject({ services: { kinesis: "running", s3: "running" }, version: VERSION });
  });

  it("names itself by the port that it is mapped to", async () => {
    const sqs = new SQSClient(headwater.clientConfig());
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "mapped" }));
    expect(QueueUrl).toBe(`${headwater.getConnectionUri()}/000000000000/mapped`);
    // the client goes where the URL says
    expect((await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "text" }))).MessageId).toBeDefined();
  });

  it("runs functions, and their code can be fetched from outside", async () => {
    const lambda = new LambdaClient(headwater.clientConfig());
    const zip = new AdmZip();
    zip.addFile("index.mjs", Buffer.from("export const handler = async (event) => event.number + 1;"));
    const Role = await makeRole(headwater.clientConfig(), "function");
    const Code = { ZipFile: zip.toBuffer() };
    const FunctionName = "adds";
    await lambda.send(
      new CreateFunctionCommand({ FunctionName, Role, Code, Runtime: "nodejs22.x", Handler: "index.handler" }),
    );
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"number":41}') }));
    expect(answer.Payload?.transformToString()).toBe("42");
    const { Code: code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    expect((await fetch(code!.Location!)).status).toBe(200);
  });

  it("is reached by its alias from another container, by the command of the same image", async () => {
    await using command = await new GenericContainer(await projectImage())
      .withNetwork(network)
      .withCommand(["status", "--endpoint", "http://emulator:4566"])
      .withWaitStrategy(Wait.forLogMessage(/http:\/\/emulator:4566 is well, version/))
      .start();
    expect(command.getNetworkNames()).toEqual([network.getName()]);
  });
});

describeImage("the image", () => {
  it("says what it is", async () => {
    const { Config } = await inspectImage(await projectImage());
    expect(Config.Labels).toMatchObject({ "org.opencontainers.image.version": VERSION });
    expect(Config.User).toBe("1000:1000");
    // containers that only run a command would each leave one behind
    expect(Config.Volumes ?? {}).toEqual({});
  });

  it("keeps on its volume what it has acknowledged, when it is stopped and when it is killed", async () => {
    await using volume = await temporaryVolume("data");
    const withVolume = async () => (await LockedContainer.make(volume.name)).start();
    const table = { TableName: "kept" };

    let headwater = await withVolume();
    const put = async (id: string) => {
      const dynamodb = new DynamoDBClient(headwater.clientConfig());
      await dynamodb.send(new PutItemCommand({ ...table, Item: { id: { S: id } } }));
    };
    await new DynamoDBClient(headwater.clientConfig()).send(
      new CreateTableCommand({
        ...table,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await put("stopped");
    await headwater.stop({ remove: false, timeout: 10_000 });
    const { State } = await inspectContainer(headwater.getId());
    expect(State).toMatchObject({ Status: "exited", ExitCode: 0 });
    await removeContainer(headwater.getId());

    headwater = await withVolume();
    await put("killed");
    await headwater.stop({ timeout: 0 });

    headwater = await withVolume();
    const { Items } = await new DynamoDBClient(headwater.clientConfig()).send(new ScanCommand(table));
    expect(Items?.map((item) => item["id"]!.S).toSorted()).toEqual(["killed", "stopped"]);
    await headwater.stop();
  });

  it("has its volume for itself, until it ends in whatever way", async () => {
    await using volume = await temporaryVolume("shared");
    const withVolume = async () => (await LockedContainer.make(volume.name)).start();

    await using first = await withVolume();
    const lines: string[] = [];
    const second = new HeadwaterContainer(await projectImage())
      .withDataVolume(volume.name)
      .withWaitStrategy(Wait.forOneShotStartup())
      .withLogConsumer((stream) => stream.on("data", (line: Buffer) => lines.push(line.toString())));
    await expect(second.start()).rejects.toThrow("failed to start");
    const said = await eventually(
      PATIENCE_MS,
      () => Promise.resolve(lines.join("")),
      (text) => text.includes("\n"),
    );
    // the two count their processes apart, so that the number may be the second one's own
    const holder = `process \\d+ on ${first.getId().slice(0, 12)}`;
    expect(said).toMatch(new RegExp(`/var/lib/localstack is in use by another emulator \\(${holder}\\)\\.`));

    await killContainer(first.getId());
    await using next = await withVolume();
    await next.restart({ timeout: 0 });
    expect((await fetch(`${next.getConnectionUri()}/_localstack/health`)).status).toBe(200);
  });

  it("has run the init scripts of a test when it has started", async () => {
    const container = new HeadwaterContainer(await projectImage()).withInitScripts([hook("seed.mjs", SEED)]);
    await using headwater = await container.start();
    const { Buckets } = await new S3Client(headwater.clientConfig()).send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["seeded"]);
  });

  it("does not start for a test whose init script fails, and says why", async () => {
    const container = new HeadwaterContainer(await projectImage());
    const fails = hook("fails.sh", "#!/bin/sh\nexit 7\n");
    await expect(container.withInitScripts([fails]).start()).rejects.toThrow("fails.sh: it returned the exit code 7");
  });

  it("takes LocalStack's place in its testcontainers module", async () => {
    await using swapped = await new LocalstackContainer(await projectImage()).start();
    const { Buckets } = await new S3Client({
      endpoint: swapped.getConnectionUri(),
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    }).send(new ListBucketsCommand());
    expect(Buckets ?? []).toEqual([]);
  });

  it("is the command as well: the demo runs in it, with an emulator of its own", async () => {
    const lines: string[] = [];
    await using _ended = await new GenericContainer(await projectImage())
      .withCommand(["demo", "rivers", "--rate", "2000"])
      .withLogConsumer((stream) => stream.on("data", (line: Buffer) => lines.push(line.toString())))
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    expect(lines.join("")).toMatch(/stored|accounted/i);
  });
});
