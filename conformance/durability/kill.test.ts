import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../target.ts";
import { BankWriter } from "./bank-writer.ts";
import { ItemsWriter } from "./items-writer.ts";
import { KillableEmulator } from "./killable-emulator.ts";
import { ObjectsWriter } from "./objects-writer.ts";
import { killSettings, Random } from "./random.ts";
import { RecordsWriter } from "./records-writer.ts";

/** These tests kill the emulator and restart it on its data directory: they say nothing of other targets. */
const { seed, rounds } = killSettings(15);
const LONGEST_ROUND_MS = 600;
const PATIENCE_MS = 60_000 + rounds * 10_000;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hw-kill-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("kill -9 at any moment", () => {
  it(
    "loses nothing that was acknowledged, and leaves nothing in part",
    async () => {
      const random = new Random(seed);
      const records = new RecordsWriter(random);
      const objects = new ObjectsWriter(random);
      const writers = [records, new ItemsWriter(random), new BankWriter(random), objects];
      let emulator = await KillableEmulator.start(directory);
      try {
        for (const writer of writers) await writer.prepare(emulator.clientConfig());
        for (let round = 1; round <= rounds; round++) {
          const afterMs = random.between(10, LONGEST_ROUND_MS);
          const running = emulator;
          const writing = Promise.all(writers.map((writer) => writer.write(running.clientConfig())));
          const killed = new Promise((resolve) => setTimeout(resolve, afterMs)).then(() => running.kill());
          await Promise.all([writing, killed]);
          if (round % 4 === 0) await KillableEmulator.killedStart(directory, random.between(100, 600));
          emulator = await KillableEmulator.start(directory);
          for (const writer of writers) await writer.check(emulator.clientConfig());
        }
        await records.checkWhole(emulator.clientConfig());
        await eventually("no file is left of an object that is not there", async () =>
          bytesIn(join(directory, "blobs")) === objects.fileBytes() ? true : undefined,
        );
      } finally {
        await emulator.kill();
      }
      const acknowledged = Object.assign({}, ...writers.map((writer) => writer.acknowledged())) as object;
      process.stderr.write(`kill -9, ${rounds} times: acknowledged ${JSON.stringify(acknowledged)}\n`);
      for (const [what, count] of Object.entries(acknowledged)) expect([what, count > 0]).toEqual([what, true]);
    },
    PATIENCE_MS,
  );
});

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
