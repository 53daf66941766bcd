import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { explain } from "../cli/errors.ts";
import { PIPELINE_NAMES } from "../cli/pipelines/index.ts";
import { Report } from "./report.ts";
import { differencesOf } from "./targets/differences.ts";
import { suiteTarget, SUITE_TARGET_NAMES, type SuiteTargetName, suiteTargetName } from "./targets/index.ts";
import { type Server, Unavailable } from "./targets/target.ts";

/**
 * `node --import tsx e2e/run.ts [--pipelines-only] [TARGET...]`: the suites of all pipelines on each target, one after the other. A target
 * that cannot be had is named with the reason; with its name in E2E_REQUIRE (by commas) that is a failure. A target may have
 * suites of its own beside; `--pipelines-only` leaves them out. HEADWATER_DEBUG=1 shows the stack of what fails beside the tests.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { "pipelines-only": { type: "boolean", default: false } },
});
const targets = positionals.length > 0 ? targetsNamed(positionals) : SUITE_TARGET_NAMES;
const required = targetsNamed((process.env["E2E_REQUIRE"] ?? "").split(/[\s,]+/).filter(Boolean));

type Outcome = "passed" | "failed" | "not run";

/** Ends the tests; what was started for them is then stopped as at their own end. */
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());

const outcomes = new Map<SuiteTargetName, { outcome: Outcome; line: string }>();
for (const target of targets) {
  if (interrupted.signal.aborted) break;
  outcomes.set(target, await runOn(target));
}

console.log("\nend to end:");
for (const [target, { line }] of outcomes) console.log(`  ${target.padEnd(11)} ${line}`);
if (interrupted.signal.aborted) process.exit(130);
process.exit(hasFailed() ? 1 : 0);

function hasFailed(): boolean {
  return [...outcomes].some(
    ([target, { outcome }]) => outcome === "failed" || (outcome === "not run" && required.includes(target)),
  );
}

function targetsNamed(names: readonly string[]): SuiteTargetName[] {
  try {
    return names.map(suiteTargetName);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

async function runOn(name: SuiteTargetName): Promise<{ outcome: Outcome; line: string }> {
  const target = suiteTarget(name);
  let startMs = performance.now();
  const seconds = () => `${((performance.now() - startMs) / 1000).toFixed(0)} s`;
  try {
    await target.prepare?.();
    startMs = performance.now();
    await using server = await target.serve?.();
    console.log(`\n== ${name}${server ? `: ${server.title} at ${server.endpoint}, ready in ${seconds()}` : ""}`);
    const report = await runSuites(name, server);
    for (const line of report.lines(differencesOf(name))) console.log(line);
    const problems = report.problems(differencesOf(name));
    for (const problem of problems) console.log(problem);
    return { outcome: problems.length === 0 ? "passed" : "failed", line: `${report.counts}, ${seconds()}` };
  } catch (error) {
    if (!(error instanceof Unavailable)) return { outcome: "failed", line: `failed: ${explain(error)}` };
    const must = required.includes(name) ? ", but E2E_REQUIRE names it" : "";
    return { outcome: "not run", line: `not run: ${error.message}${must}` };
  }
}

/** One suite at a time where they share a server: each expects what it deployed, and time for it. */
async function runSuites(name: SuiteTargetName, server: Server | undefined): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-e2e-"));
  const results = join(folder, "results.json");
  const own = options["pipelines-only"] ? [] : (suiteTarget(name).suites ?? []);
  const suites = [...PIPELINE_NAMES.map((pipeline) => `e2e/${pipeline}.test.ts`), ...own];
  const order = server === undefined ? ["--maxWorkers=2"] : ["--runInBand"];
  try {
    const jest = spawn(
      process.execPath,
      ["scripts/jest.mjs", "--json", `--outputFile=${results}`, ...order, "--runTestsByPath", ...suites],
      {
        // its input ends with this process, however that ends
        stdio: ["pipe", "ignore", "inherit"],
        // a group of its own: Jest runs below another process, and has to end with it
        detached: true,
        env: {
          ...process.env,
          TARGET: name,
          ...(server && { ...server.environment, TARGET_ENDPOINT: server.endpoint, E2E_RUNNER: "stdin" }),
        },
      },
    );
    const end = () => process.kill(-jest.pid!, "SIGTERM");
    interrupted.signal.addEventListener("abort", end);
    if (interrupted.signal.aborted) end();
    await once(jest, "exit");
    interrupted.signal.removeEventListener("abort", end);
    return Report.read(results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
