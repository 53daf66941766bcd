import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { describe, expect, it } from "@jest/globals";
import { deployPipeline } from "../cli/commands/deploy.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import type { Deployed } from "../cli/pipelines/pipeline.ts";
import { DataLake } from "../cli/reports/iot-data.ts";
import { findTarget } from "../cli/targets/index.ts";
import { EmulatorProcess } from "../conformance/emulator-process.ts";
import { ENVIRONMENT, HEADWATER, ROOT } from "../conformance/headwater-command.ts";
import { killSettings, Random } from "../conformance/durability/random.ts";
import { eventually } from "./eventually.ts";
import { itemsOf, keysOf, textOf } from "./stored.ts";

/**
 * Each pipeline while its function breaks now and then and the emulator is killed and started again: what was acknowledged is
 * stored, and nothing is twice. These tests kill a process of their own: they say nothing of other targets.
 */
interface Scenario {
  readonly parameters: Readonly<Record<string, string>>;
  /** Outputs that name the functions that break. */
  readonly functions: readonly string[];
  /** Of `headwater produce`. */
  readonly produce: readonly string[];
  /** What is stored by now: an identity for each event. Sorted. */
  stored(deployed: Deployed): Promise<string[]>;
  /** Whether what is there is all there is to come. */
  isWhole(ids: readonly string[], run: Sent): boolean;
  check(ids: readonly string[], run: Sent, deployed: Deployed): Promise<void> | void;
}

const { seed, rounds } = killSettings(3);
const STORING_PATIENCE_MS = 90_000;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  retail: {
    parameters: { MaximumBatchingWindowInSeconds: "0", BatchSize: "20", MaximumRetryAttempts: "10000" },
    functions: ["IngestFunctionName", "ArchiveFunctionName", "StoreFunctionName"],
    produce: ["--workers", "4", "--rate", "60"],
    stored: async ({ target, outputs }) =>
      (await itemsOf(target, outputs["InvoicesTableName"]!)).map(
        (item) => `${item["InvoiceNo"]!.S} ${item["Line"]!.S}`,
      ),
    isWhole: (ids, run) => ids.length >= run.sent,
    async check(ids, run, deployed) {
      // keys make a line that was sent again the same line
      expect(ids).toHaveLength(run.sent);
      const raw = await eventually(
        STORING_PATIENCE_MS,
        () => rawRows(deployed),
        (rows) => new Set(rows).size >= run.sent,
      );
      expect([...new Set(raw)].toSorted()).toEqual(ids);
      // a row is raw twice only when its POST was sent twice, as its answer got lost
      expect(raw.length).toBeLessThanOrEqual(run.sent + run.retried);
      const records = await eventually(
        STORING_PATIENCE_MS,
        async () => (await itemsOf(deployed.target, deployed.outputs["CustomersTableName"]!)).length,
        (count) => count > 0,
      );
      expect(records).toBeLessThan(ids.length);
    },
  },
  weather: {
    parameters: { MaximumBatchingWindowInSeconds: "0", BatchSize: "20", MaximumRetryAttempts: "10000" },
    functions: ["FunctionName"],
    produce: ["--source", "stand-in", "--rate", "50"],
    stored: async ({ target, outputs }) =>
      (await itemsOf(target, outputs["DaysTableName"]!)).map((item) => `${item["Date"]!.S} ${item["Station"]!.S}`),
    isWhole: (ids, run) => ids.length >= run.sent,
    async check(ids, run, { target, outputs }) {
      expect(ids).toHaveLength(run.sent);
      const stations = await itemsOf(target, outputs["StationsTableName"]!);
      expect(stations.map((item) => `${item["Date"]!.S} ${item["Station"]!.S}`).toSorted()).toEqual(ids);
    },
  },
  iot: {
    parameters: { BufferIntervalInSeconds: "0", FunctionBufferIntervalInSeconds: "0" },
    functions: ["FunctionName"],
    produce: ["--devices", "9", "--rate", "60", "--malformed-share", "0.1", "--limit", "500"],
    async stored(deployed) {
      const lake = new DataLake(deployed);
      const [events, errors] = [await lake.events(), await lake.errors()];
      return [
        ...events.flatMap(({ lines }) => lines.map(({ event_id: id }) => id)),
        ...errors.flatMap(({ lines }) => lines.map(({ rawData }) => `error ${rawData}`)),
      ];
    },
    isWhole: (ids, run) => new Set(ids).size >= run.sent,
    check(ids, run) {
      expect(new Set(ids).size).toBe(run.sent);
      // an event is there twice only when its call was sent twice, as its answer got lost
      expect(ids.length).toBeLessThanOrEqual(run.sent + run.uncertain);
    },
  },
  sensors: {
    parameters: {},
    functions: ["FunctionName"],
    produce: ["--n-events", "300", "--n-workers", "4", "--max-delay", "0.1"],
    stored: ({ target, outputs }) => keysOf(target, outputs["EventsBucketName"]!),
    isWhole: (ids, run) => ids.length >= run.sent,
    check(ids, run) {
      expect(ids).toHaveLength(run.sent);
    },
  },
};

describe.each(Object.entries(SCENARIOS))("%s with faults", (name, scenario) => {
  it(
    "has all that was acknowledged, and nothing twice, after broken functions and kills",
    async () => {
      const random = new Random(seed);
      const directory = mkdtempSync(join(tmpdir(), `headwater-faults-${name}-`));
      const port = await freePort();
      let emulator = await EmulatorProcess.start(directory, "--port", port);
      try {
        const target = await findTarget({ target: "embedded", endpoint: emulator.endpoint });
        const pipeline = findPipeline(name);
        const outputs = await deployPipeline(target, pipeline, scenario.parameters, { write: () => true });
        const deployed = { target, outputs };
        const environment = await (await pipeline.load()).environment?.(deployed);
        const producing = produce(name, [...scenario.produce, "--endpoint", emulator.endpoint], environment);
        // it is awaited below; a failure must not end the test run before
        producing.catch(() => undefined);
        let isProducing = true;
        producing.finally(() => (isProducing = false)).catch(() => undefined);
        const hasMoreThan = (count: number) => async () =>
          !isProducing || (await scenario.stored(deployed)).length > count;
        await eventually(STORING_PATIENCE_MS, hasMoreThan(0), Boolean);
        for (let round = 0; round < rounds; round++) {
          const output = scenario.functions[round % scenario.functions.length]!;
          await whileBroken(deployed, outputs[output]!, () => passing(random.between(200, 900)));
          await passing(random.between(50, 900));
          await emulator.kill();
          emulator = await EmulatorProcess.start(directory, "--port", port);
          // one outage after another: a producer gives up on one that has no end
          const { length: before } = await scenario.stored(deployed);
          await eventually(STORING_PATIENCE_MS, hasMoreThan(before), Boolean);
        }
        const run = await producing;
        const ids = await eventually(
          STORING_PATIENCE_MS,
          async () => (await scenario.stored(deployed)).toSorted(),
          (found) => scenario.isWhole(found, run),
        );
        await scenario.check(ids, run, deployed);
        const { sent, retried, uncertain } = run;
        process.stderr.write(
          `${name}, ${rounds} kills: ${sent} events acknowledged, ${retried} sent again (${uncertain} without an answer), all stored once\n`,
        );
      } finally {
        await emulator.kill();
        rmSync(directory, { recursive: true, force: true });
      }
    },
    STORING_PATIENCE_MS * 2 + rounds * 30_000,
  );
});

/** What a producer has told of its run. */
interface Sent {
  readonly sent: number;
  readonly retried: number;
  readonly uncertain: number;
}

/** `headwater produce`, to its end. */
async function produce(name: string, args: readonly string[], environment: object = {}): Promise<Sent> {
  const { stdout } = await promisify(execFile)(process.execPath, [...HEADWATER, "produce", name, ...args], {
    cwd: ROOT,
    env: { ...ENVIRONMENT, ...environment },
  });
  const summary = stdout.trim().split("\n").at(-1)!;
  const figure = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? 0);
  expect(summary).not.toContain("refused");
  return {
    sent: figure(/^(\d+) \w+ sent in/),
    retried: figure(/(\d+) sent again/),
    uncertain: figure(/(\d+) of them may be stored twice/),
  };
}

/** The function has a handler that is not there, for as long as `work` takes. */
async function whileBroken({ target }: Deployed, FunctionName: string, work: () => Promise<void>): Promise<void> {
  const lambda = new LambdaClient(target.clientConfig);
  const { Handler } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Handler: Handler!.replace(/\..*/, ".none") }),
  );
  await work();
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler }));
}

/** Real time passes here: it is when faults happen that is left to chance, not what is waited for. */
const passing = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function rawRows({ target, outputs }: Deployed): Promise<string[]> {
  const bucket = outputs["RawBucketName"]!;
  const rows: string[] = [];
  for (const key of await keysOf(target, bucket)) {
    for (const line of (await textOf(target, bucket, key)).trim().split("\n")) {
      const { InvoiceNo, LineNumber } = JSON.parse(line) as { InvoiceNo: string; LineNumber: number };
      rows.push(`${InvoiceNo} L${String(LineNumber).padStart(6, "0")}`);
    }
  }
  return rows;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return String(port);
}
