import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ScanCommand,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findTarget } from "../cli/targets/index.ts";
import { HEADWATER } from "../conformance/headwater-command.ts";
import { eventually } from "./eventually.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
let emulator: ChildProcess;
let endpoint: string;

function spawnHeadwater(
  args: readonly string[],
  { cwd, env: own = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): ChildProcess {
  const { AWS_ENDPOINT_URL: _, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _shown, ...env } = process.env;
  return spawn(process.execPath, [...HEADWATER, ...args], {
    env: { ...env, ...own },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

const clientConfig = async () => (await findTarget({ target: "embedded", endpoint })).clientConfig;

const run = (...args: string[]) => endOf(spawnHeadwater([...args, "--endpoint", endpoint]));

/** The output of a command up to a line that fits; the command goes on. */
function lineOf(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.once("close", () => reject(new Error(`ended without ${pattern}: ${text}`)));
  });
}

function csvOf(rows: number): string {
  const path = join(folder, `${rows}.csv`);
  const lines = Array.from({ length: rows }, (_, index) => `Brook ${index},${index % 2 === 0 ? "Delaware" : "Essex"}`);
  writeFileSync(path, `Waterbody_Name,County\n${lines.join("\n")}\n`);
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-cli-"));
  emulator = spawnHeadwater(["start", "--port", "0", "--ephemeral"]);
  endpoint = (await lineOf(emulator, /ready at (http:\/\/127\.0\.0\.1:\d+) /))[1]!;
}, 60_000);

afterAll(async () => {
  if (emulator.exitCode === null) {
    emulator.kill("SIGTERM");
    await once(emulator, "close");
  }
  rmSync(folder, { recursive: true });
});

describe("headwater", () => {
  it("deploys, produces, counts, logs and destroys as a user does it", async () => {
    const deployed = await run("deploy", "rivers");
    expect(deployed).toMatchObject({ code: 0, stderr: "" });
    expect(deployed.stdout).toMatch(/CREATE_COMPLETE +Function +AWS::Lambda::Function/);
    expect(deployed.stdout).toMatch(/StreamName +rivers/);

    const again = await run("deploy", "rivers");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("no change, nothing to deploy") });

    const produced = await run("produce", "rivers", "--file", csvOf(60), "--rate", "200");
    expect(produced).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^60 rows sent in/) });

    const following = spawnHeadwater([
      "counts",
      "rivers",
      "--follow",
      "--json",
      "--county",
      "Essex",
      "--endpoint",
      endpoint,
    ]);
    await lineOf(following, /"County":"Essex"/);
    following.kill("SIGINT");
    expect(await once(following, "close")).toEqual([0, null]);

    const changed = await run("deploy", "rivers", "--parameter", "BatchSize=50");
    expect(changed).toMatchObject({ code: 0, stdout: expect.stringMatching(/UPDATE_COMPLETE +StreamMapping/) });

    const counts = JSON.parse((await run("counts", "rivers", "--json")).stdout) as { County: string; Count: number }[];
    expect(counts.reduce((sum, { Count }) => sum + Count, 0)).toBe(60);
    expect(new Set(counts.map(({ County }) => County))).toEqual(new Set(["Delaware", "Essex"]));

    const logs = await run("logs", "rivers-count-by-county");
    expect(logs).toMatchObject({ code: 0, stdout: expect.stringMatching(/START[^]*"batch counted"[^]*END[^]*REPORT/) });

    const status = await run("status");
    expect(status.stdout).toMatch(
      /rivers +UPDATE_COMPLETE[^]*rivers +ACTIVE[^]*rivers-count-by-county +stream\/rivers +Enabled/,
    );

    expect(await run("destroy", "rivers")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("rivers: deleted"),
    });
    expect(await run("counts", "rivers")).toEqual({
      code: 1,
      stdout: "",
      stderr: "rivers is not deployed on embedded: `npx headwater deploy rivers` does it.\n",
    });
  }, 120_000);

  it("rolls a failed deployment back, says why, and deploys over what is left", async () => {
    const dynamodb = new DynamoDBClient(await clientConfig());
    const TableName = "rivers-counts";
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
      }),
    );
    const failed = await run("deploy", "rivers");
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^The deployment failed and ended in ROLLBACK_COMPLETE\. CountsTable: .*already exists/,
      ),
    });
    await dynamodb.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client: dynamodb, minDelay: 1, maxWaitTime: 10 }, { TableName });
    expect(await run("deploy", "rivers")).toMatchObject({ code: 0 });
    expect(await run("deploy", "rivers", "--parameter", "NoSuch=1")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The template has no parameter NoSuch\. Parameters: CodeBucket/),
    });
    expect(await run("destroy", "rivers")).toMatchObject({ code: 0 });
  }, 120_000);

  it("sends what was read when a production is interrupted, and tells of bad rows by their lines", async () => {
    await run("deploy", "rivers");
    const looping = spawnHeadwater([
      "produce",
      "rivers",
      "--file",
      csvOf(10),
      "--rate",
      "50",
      "--loop",
      "--endpoint",
      endpoint,
    ]);
    const ended = endOf(looping);
    const dynamodb = new DynamoDBClient(await clientConfig());
    const counts = () => dynamodb.send(new ScanCommand({ TableName: "rivers-counts" }));
    await eventually(20_000, counts, ({ Count = 0 }) => Count > 0);
    looping.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+ rows sent in/) });

    const bad = join(folder, "bad.csv");
    writeFileSync(bad, "Waterbody Name,County\nA,Essex\nB\nC,Kings\n");
    const failed = await run("produce", "rivers", "--file", bad);
    expect(failed).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^1 row sent/),
      stderr: `${bad}, line 3: 1 field where the header has 2\n`,
    });
    const skipped = await run("produce", "rivers", "--file", bad, "--on-bad-row", "skip");
    expect(skipped).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/skipped: .*line 3[^]*2 rows sent.*1 bad row skipped/),
    });
    await run("destroy", "rivers");
  }, 120_000);

  it("asks, reports, and writes an environment, each pipeline in its own way", async () => {
    await run("deploy", "weather");
    const produced = await run("produce", "weather", "--source", "stand-in", "--to", "2021-10-03", "--rate", "1000");
    expect(produced).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^A stand-in at \S+ serves made-up data: NOAA is not asked[^]*observations sent/),
    });
    const asked = async () => (await run("query", "weather", "--date", "2021-10-02")).stdout;
    await eventually(20_000, asked, (text) => text.trim().split("\n").length > 10);
    expect(await asked()).toMatch(/^Station +Date +Rain mm +Snow mm +Min °F +Max °F\n/);
    expect(await run("query", "rivers", "--date", "2021-10-02")).toMatchObject({
      code: 1,
      stderr: "rivers has no query. Pipelines that have: retail, weather.\n",
    });
    await run("destroy", "weather");

    const file = join(folder, ".env");
    const deployed = await run("deploy", "sensors", "--write-env", file);
    expect(deployed).toMatchObject({ code: 0, stdout: expect.stringMatching(/API_URL +http:[^]*API_KEY +\w{20,}/) });
    const sending = spawnHeadwater(
      ["produce", "sensors", "--n-events", "6", "--n-workers", "2", "--max-delay", "0", "--endpoint", endpoint],
      { cwd: folder },
    );
    const sent = await endOf(sending);
    expect(sent).toMatchObject({ code: 0, stderr: "" });
    expect(sent.stdout.match(/^201 {2}sensor /gm)).toHaveLength(6);
    expect(sent.stdout).toMatch(/^6 events sent in/m);
    const refused = await endOf(
      spawnHeadwater(["produce", "sensors", "--n-events", "2", "--max-delay", "0", "--endpoint", endpoint], {
        cwd: folder,
        env: { API_KEY: "a-wrong-key-of-some-length" },
      }),
    );
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/403 [^]*0 events sent.*2 events refused/),
    });
    const away = spawnHeadwater(["produce", "sensors", "--n-events", "2", "--max-delay", "0", "--endpoint", endpoint], {
      cwd: folder,
      env: { API_URL: "http://127.0.0.1:1" },
    });
    const ended = endOf(away);
    await lineOf(away, /http:\/\/127\.0\.0\.1:1 answers .*: tried again/);
    away.kill("SIGINT");
    expect(await ended).toMatchObject({ stdout: expect.stringMatching(/^0 events sent in/m) });
    await run("destroy", "sensors");
  }, 120_000);

  it("deploys several pipelines one after the other, and has nothing to do for them a second time", async () => {
    const deployed = await run("deploy", "iot", "rivers", "iot");
    expect(deployed).toMatchObject({ code: 0, stderr: "" });
    expect(deployed.stdout.match(/^\w+: \d+ changes$/gm)).toHaveLength(2);
    const again = await run("deploy", "iot", "rivers");
    expect(again.stdout.match(/^\w+: no change, nothing to deploy$/gm)).toHaveLength(2);
    expect(await run("deploy", "all", "--parameter", "ShardCount=1")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "--parameter and --write-env go with one pipeline, as each has its own.\n",
    });
    for (const name of ["iot", "rivers"]) await run("destroy", name);
  }, 120_000);

  it("says of a pipeline that it has no counts, and nothing for an environment", async () => {
    await run("deploy", "iot");
    expect(await run("counts", "iot")).toMatchObject({
      code: 1,
      stderr: "iot has no counts. Pipelines that have: rivers.\n",
    });
    expect(await run("deploy", "iot", "--write-env")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "iot has nothing for an environment.\n",
    });
    await run("destroy", "iot");
  }, 60_000);

  it.each([
    [
      "no emulator",
      ["status", "--endpoint", "http://127.0.0.1:2"],
      "No emulator at http://127.0.0.1:2: start one with `npx headwater start`.",
    ],
    [
      "no emulator, at a port that fetch calls bad",
      ["status", "--endpoint", "http://127.0.0.1:9"],
      "No emulator at http://127.0.0.1:9: start one with `npx headwater start`.",
    ],
    [
      "control characters",
      ["deploy", "\u001b[31m"],
      'There is no pipeline "\\x1b[31m". Pipelines: rivers, retail, weather, iot, sensors.',
    ],
    [
      "no pipeline",
      ["deploy", "lakes"],
      'There is no pipeline "lakes". Pipelines: rivers, retail, weather, iot, sensors.',
    ],
    [
      "no target",
      ["deploy", "rivers", "--target", "moon"],
      'There is no target "moon". Targets: embedded, localstack, aws.',
    ],
    [
      "no address",
      ["start", "--port", "0", "--ephemeral", "--host", "192.0.2.1"],
      "192.0.2.1 is no address of this machine.",
    ],
  ])("says in one line what is wrong: %s", async (_, args, message) => {
    expect(await endOf(spawnHeadwater(args))).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
  });

  it("says that a port is taken", async () => {
    const { port } = new URL(endpoint);
    expect(await endOf(spawnHeadwater(["start", "--port", port, "--ephemeral"]))).toEqual({
      code: 1,
      stdout: "",
      stderr: `Port ${port} is taken: choose another with --port, or any free one with --port 0.\n`,
    });
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends tidily on %s", async (signal) => {
    const started = spawnHeadwater(["start", "--port", "0", "--ephemeral"]);
    await lineOf(started, /ready at/);
    started.kill(signal);
    expect(await once(started, "close")).toEqual([0, null]);
  });
});

describe("headwater demo", () => {
  it("shows the counts batch by batch, checks the sum, and leaves no process", async () => {
    // The usual port is taken for sure, whatever runs on this machine.
    const blocker = createServer().listen(4566, "127.0.0.1");
    await Promise.race([once(blocker, "listening"), once(blocker, "error")]);
    const demo = await endOf(spawnHeadwater(["demo", "--file", csvOf(60), "--rate", "100"]));
    blocker.close();
    expect(demo).toMatchObject({ code: 0, stderr: "" });
    expect(demo.stdout).toContain("Port 4566 is taken: the demo uses a free one.");
    expect(demo.stdout).toMatch(/^Delaware +\d{4}-\S+Z +\d+$/m);
    expect(demo.stdout).toMatch(/^60 rows sent, \d+ batches, 2 counties, 60 rows stored: equal$/m);
    const url = new URL(/http:\/\/127\.0\.0\.1:\d+/.exec(demo.stdout)![0]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  }, 60_000);

  it("runs all pipelines one after another, and ends with a table", async () => {
    const demo = await endOf(spawnHeadwater(["demo", "all", "--rate", "300"]));
    expect(demo).toMatchObject({ code: 0, stderr: "" });
    const table = demo.stdout.slice(demo.stdout.indexOf("Pipeline  Events"));
    for (const [name, unit, events] of [
      ["rivers", "rows", 640],
      ["retail", "rows", 553],
      ["weather", "observations", 424],
      ["iot", "events", 600],
      ["sensors", "events", 50],
    ]) {
      expect(table).toMatch(new RegExp(`^${name} +${unit} +${events} +\\d+ +\\d+ +\\d+\\.\\d s +equal$`, "m"));
    }
  }, 180_000);
});
