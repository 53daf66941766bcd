import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suiteTarget } from "../e2e/targets/index.ts";
import { Unavailable, type Server } from "../e2e/targets/target.ts";
import { explain } from "../cli/errors.ts";
import { countsOf, writePage, type Results, type Skip } from "./report.ts";

/**
 * `node --import tsx conformance/run.ts TARGET [SUITE...]`: the suites of DynamoDB and S3, or those that are named, on LocalStack or in an
 * account. LocalStack is started in a container of its own unless TARGET_ENDPOINT names one, which is then emptied of tables and
 * buckets; what all suites saw on it is written to docs/localstack-conformance.md.
 */
const [name = "", ...suites] = process.argv.slice(2);
const ALL = ["conformance/dynamodb/", "conformance/s3/"];

if (name !== "localstack" && name !== "aws") {
  process.stderr.write(
    `conformance/run.ts runs on localstack and on aws, not on "${name}": the embedded target is that of \`make test\`.\n`,
  );
  process.exit(1);
}

try {
  process.exit((await runOn(name)) ? 0 : 1);
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

async function runOn(target: "localstack" | "aws"): Promise<boolean> {
  const endpoint = process.env["TARGET_ENDPOINT"];
  await using server = endpoint === undefined ? await suiteTarget(target).serve?.() : undefined;
  const folder = mkdtempSync(join(tmpdir(), "headwater-conformance-"));
  try {
    const [results, skips] = [join(folder, "results.json"), join(folder, "skips.jsonl")];
    const ended = await runSuites(target, server, results, skips);
    if (!existsSync(results)) return false;
    const read = JSON.parse(readFileSync(results, "utf8")) as Results;
    const skipped = existsSync(skips) ? linesOf<Skip>(readFileSync(skips, "utf8")) : [];
    if (target === "localstack" && suites.length === 0) writePage(read, skipped);
    process.stdout.write(`${countsOf(read)}\n`);
    return ended;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function linesOf<T>(text: string): T[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** One suite at a time: each expects the target for itself. @returns whether all passed */
async function runSuites(
  target: "localstack" | "aws",
  server: Server | undefined,
  results: string,
  skips: string,
): Promise<boolean> {
  const jest = spawn(
    process.execPath,
    [
      "scripts/jest.mjs",
      "--env=./conformance/targets/skipping-environment.mjs",
      "--runInBand",
      "--json",
      `--outputFile=${results}`,
      ...(suites.length > 0 ? suites : ALL),
    ],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        ...server?.environment,
        TARGET: target,
        CONFORMANCE_SKIPS: skips,
        ...(server && target === "localstack" && { TARGET_ENDPOINT: server.endpoint }),
      },
    },
  );
  const [code] = (await once(jest, "exit")) as [number | null];
  return code === 0;
}
