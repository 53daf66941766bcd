import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { eventually } from "../target.ts";
import { EmulatorProcess, isAlive } from "../emulator-process.ts";
import { killSettings, Random } from "./random.ts";
import { RiversRun, type StoredRows } from "./rivers-run.ts";

/** These tests kill the emulator and restart it on its data directory: they say nothing of other targets. */
const { seed, rounds } = killSettings(10);
/** Every so many rounds the start after the kill is killed as well. */
const KILLED_START_EACH = 4;
const LONGEST_ROUND_MS = 1_200;
/** How long the counts may take to stand after the last restart. */
const COUNTING_PATIENCE_MS = 60_000;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hw-kill-pipeline-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("kill -9 while the rivers pipeline counts", () => {
  it(
    "counts every row that is in the stream once, and keeps every row that was acknowledged",
    async () => {
      const random = new Random(seed);
      let emulator = await EmulatorProcess.start(directory, "--kinesis-limits", "off");
      try {
        const run = await RiversRun.deploy(emulator.clientConfig(), random);
        for (let round = 1; round <= rounds; round++) {
          const running = emulator;
          const producing = run.produce(running.clientConfig());
          await new Promise((resolve) => setTimeout(resolve, random.between(20, LONGEST_ROUND_MS)));
          const environments = childrenOf(running.pid);
          await Promise.all([producing, running.kill()]);
          await eventually("no execution environment outlives the emulator", async () =>
            environments.some(isAlive) ? undefined : true,
          );
          if (round % KILLED_START_EACH === 0) await EmulatorProcess.killedStart(directory, random.between(100, 900));
          emulator = await EmulatorProcess.start(directory, "--kinesis-limits", "off");
        }
        await countsStand(emulator, run);
        // and the mapping goes on
        const kinesis = new KinesisClient(emulator.clientConfig());
        await run.put(kinesis);
        kinesis.destroy();
        const stored = await countsStand(emulator, run);

        const kills = rounds + Math.floor(rounds / KILLED_START_EACH);
        const { counted, repeated } = await run.deliveries(emulator.clientConfig());
        process.stderr.write(`the function's log: ${counted} rows counted, ${repeated} given again\n`);
        expect(counted).toBeGreaterThan(stored.sum / 2);
        // it went on from its checkpoint at each restart, not from the beginning
        expect(repeated).toBeLessThanOrEqual(run.mostRepeated(kills, stored.malformed.length));
      } finally {
        await emulator.kill();
      }
    },
    COUNTING_PATIENCE_MS * 2 + rounds * 10_000,
  );
});

async function countsStand(emulator: EmulatorProcess, run: RiversRun): Promise<StoredRows> {
  const config = emulator.clientConfig();
  const stored = await run.storedRows(config);
  for (const [place, text] of run.acknowledged) expect(`${place} ${stored.places.get(place)}`).toBe(`${place} ${text}`);
  expect(stored.sum).toBeGreaterThan(0);

  const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
  await eventually(
    `${stored.sum} rows are counted`,
    async () => (sumOf(await run.counts(config)) >= stored.sum ? true : undefined),
    COUNTING_PATIENCE_MS,
  ).catch(() => undefined);
  expect(await run.counts(config)).toEqual(stored.countByCounty);

  await eventually(
    `${stored.malformed.length} malformed records are at the on-failure destination`,
    async () => {
      const failed = await run.failures(config);
      return stored.malformed.every((sequenceNumber) => failed.has(sequenceNumber)) ? true : undefined;
    },
    COUNTING_PATIENCE_MS,
  );
  process.stderr.write(
    `kill -9, ${rounds} times: ${run.acknowledged.size} records acknowledged, ${stored.places.size} stored, ` +
      `${stored.sum} rows counted, ${stored.malformed.length} malformed\n`,
  );
  return stored;
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent ? [pid!] : []));
}
