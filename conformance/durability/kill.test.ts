import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../target.ts";
import { BankWriter } from "./bank-writer.ts";
import { ItemsWriter } from "./items-writer.ts";
import { EmulatorProcess } from "../emulator-process.ts";
import { ObjectsWriter } from "./objects-writer.ts";
import { killSettings, Random } from "./random.ts";
import { RecordsWriter } from "./records-writer.ts";

/** These tests kill the emulator and restart it on its data directory: they say nothing of other targets. */
const { seed, rounds } = killSettings(10);
/** A start from the sources takes seconds on a busy machine, and a round's check reads what all rounds before have written. */
const PATIENCE_MS = 60_000 + rounds * (20_000 + rounds * 500);

/** A sync for each acknowledgement is slow, and the way of a write is another one: fewer rounds. */
const DURABILITIES = [
  { durability: "process", kills: rounds, longestRoundMs: 600 },
  { durability: "power", kills: Math.ceil(rounds / 4), longestRoundMs: 1_500 },
];

describe("kill -9 at any moment", () => {
  it.each(DURABILITIES)(
    "loses nothing that was acknowledged, and leaves nothing in part, with durability $durability",
    async ({ durability, kills, longestRoundMs }) => {
      const directory = mkdtempSync(join(tmpdir(), "hw-kill-"));
      const start = () => EmulatorProcess.start(directory, "--durability", durability, "--kinesis-limits", "off");
      const random = new Random(seed);
      const records = new RecordsWriter(random);
      const objects = new ObjectsWriter(random);
      const writers = [records, new ItemsWriter(random), new BankWriter(random), objects];
      let emulator = await start();
      try {
        for (const writer of writers) await writer.prepare(emulator.clientConfig());
        for (let kill = 1; kill <= kills; kill++) {
          const running = emulator;
          const writing = Promise.all(writers.map((writer) => writer.write(running.clientConfig())));
          await new Promise((resolve) => setTimeout(resolve, random.between(10, longestRoundMs)));
          await Promise.all([writing, running.kill()]);
          if (kill % 4 === 0) await EmulatorProcess.killedStart(directory, random.between(100, 600));
          emulator = await start();
          for (const writer of writers) await writer.check(emulator.clientConfig());
        }
        await records.checkWhole(emulator.clientConfig());
        await eventually("no file is left of an object that is not there", async () =>
          bytesIn(join(directory, "blobs")) === objects.fileBytes() ? true : undefined,
        );
      } finally {
        await emulator.kill();
        rmSync(directory, { recursive: true, force: true });
      }
      const acknowledged = Object.assign({}, ...writers.map((writer) => writer.acknowledged())) as object;
      process.stderr.write(`kill -9, ${kills} times, ${durability}: acknowledged ${JSON.stringify(acknowledged)}\n`);
      // a run that wrote nothing would prove nothing
      for (const writer of writers) expect(Math.max(...Object.values(writer.acknowledged()))).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
