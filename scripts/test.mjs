// All that proves Headwater, stage by stage: `make test`. Stops at the first stage that fails.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "headwater-test-"));
const results = join(scratch, "results.json");

// suites wait for processes half of their time
const workers = Math.min(4, availableParallelism() + 1);

const stages = [
  ["lint", ["npx", "oxlint", "--type-aware", "--deny-warnings"]],
  ["format", ["npx", "oxfmt", "--check"]],
  ["types", ["npx", "tsc", "--noEmit"]],
  ["build", [process.execPath, "scripts/build.mjs"]],
  [
    "unit, conformance, end to end",
    [
      process.execPath,
      "scripts/jest.mjs",
      `--maxWorkers=${workers}`,
      // what suites leave in a worker (a context of ES modules each) would make it 4 GB, and collect garbage for a third of the time
      "--workerIdleMemoryLimit=1000MB",
      "--json",
      `--outputFile=${results}`,
      ...process.argv.slice(2),
    ],
  ],
];

let failed = false;
for (const [name, [command, ...args]] of stages) {
  const started = performance.now();
  console.log(`\n== ${String(name)}`);
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`== ${String(name)}: ${status === 0 ? "ok" : "FAILED"} in ${seconds} s`);
  if (status !== 0) {
    failed = true;
    break;
  }
}
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, "utf8"));
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
} catch {
  console.log("\nno tests were run");
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
