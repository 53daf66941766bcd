// The whole path as it is deployed: 10,000 rows by PutRecords -> Kinesis (2 shards) -> the rivers function -> DynamoDB, until
// all counts stand and their sum is right. `headwater start` and `headwater deploy` as they are built, data on disk; for
// several batch sizes, and for the template's own batching window of 1 s. The first round holds the function's cold start.
// Usage: node --import tsx bench/pipeline.ts [--rounds 5] [--records 10000]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deployRivers, startArguments } from "./shared/headwater-command.ts";
import { grouped, median } from "./shared/report.ts";
import { RiversLoad } from "./shared/rivers-load.ts";
import { freePort, startServer } from "./shared/server-process.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, records: { type: "string", default: "10000" } },
});
const RECORDS = Number(options.records);
const SETTINGS = [
  { batchSize: 100, windowSeconds: 0 },
  { batchSize: 500, windowSeconds: 0 },
  { batchSize: 1_000, windowSeconds: 0 },
  { batchSize: 500, windowSeconds: 1 },
] as const;

/** Milliseconds of each round, the cold one first. */
async function measure(dataDirectory: string, parameters: Record<string, number>): Promise<number[]> {
  const port = await freePort();
  await using _server = await startServer(startArguments(port, dataDirectory), port);
  await deployRivers(port, parameters);
  const load = await RiversLoad.open(port, RECORDS);
  const taken: number[] = [];
  for (let round = 0; round <= Number(options.rounds); round++) {
    const startedAt = performance.now();
    await load.untilCounted(await load.put());
    taken.push(performance.now() - startedAt);
  }
  load.close();
  return taken;
}

const folder = mkdtempSync(join(tmpdir(), "headwater-bench-pipeline-"));
try {
  console.log(`${grouped(RECORDS)} records Kinesis -> Lambda -> DynamoDB until all counts stand, median:`);
  for (const { batchSize, windowSeconds } of SETTINGS) {
    const name = `batch size ${grouped(batchSize)}, window ${windowSeconds} s`;
    const parameters = { BatchSize: batchSize, MaximumBatchingWindowInSeconds: windowSeconds };
    const [cold = 0, ...warm] = await measure(join(folder, name), parameters);
    const range = `${grouped(Math.min(...warm))} to ${grouped(Math.max(...warm))}`;
    const rate = `${grouped(RECORDS / (median(warm) / 1000))} records/s`;
    console.log(
      `  ${name.padEnd(29)} ${grouped(median(warm)).padStart(6)} ms  (${range}), ${rate}; cold ${grouped(cold)} ms`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
