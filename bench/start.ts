// Start to the first answered call of `headwater start`, on a fresh data directory and on a used one (rivers deployed, 10,000
// records counted), against a bare node:http server that is started and called in the same way. Rounds in turn. Then the
// resident memory of the process and of all below it: after the first answer, and idle for 5 s.
// Usage: node --import tsx bench/start.ts [--rounds 9] [--memory-rounds 3]
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { deployRivers, startArguments } from "./shared/headwater-command.ts";
import { processTree } from "./shared/memory.ts";
import { amzJsonRequest, RawClient } from "./shared/raw-client.ts";
import { median, medianRatio } from "./shared/report.ts";
import { RiversLoad } from "./shared/rivers-load.ts";
import { freePort, startServer } from "./shared/server-process.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, "memory-rounds": { type: "string", default: "3" } },
});
const IDLE_MS = 5_000;
const RECORDS = 10_000;
const FIRST_CALL = amzJsonRequest("kinesis", "Kinesis_20131202.ListStreams", {});
const folder = mkdtempSync(join(tmpdir(), "headwater-bench-start-"));

interface Started {
  readonly process: ChildProcess;
  readonly ms: number;
}

/** Starts `node ...args` and calls it until it answers. */
async function start(args: readonly string[], port: number): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  for (;;) {
    try {
      const client = await RawClient.connect(port);
      const { status } = await client.send(FIRST_CALL);
      const ms = performance.now() - startedAt;
      client.close();
      if (status !== 200) throw new Error(`the first call was answered with ${status}`);
      return { process: child, ms };
    } catch (error) {
      const isStarting = (error as NodeJS.ErrnoException).code === "ECONNREFUSED" && child.exitCode === null;
      if (!isStarting) throw error;
      await delay(1);
    }
  }
}

async function stop({ process: child }: Started): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

/** Bytes in memory of a process and of all that it has started. */
const residentBytes = (root: number): number =>
  processTree(root).reduce((sum, { residentBytes: bytes }) => sum + bytes, 0);

async function makeUsedDirectory(dataDirectory: string): Promise<void> {
  const port = await freePort();
  await using _server = await startServer(startArguments(port, dataDirectory), port);
  await deployRivers(port, { MaximumBatchingWindowInSeconds: 0 });
  const load = await RiversLoad.open(port, RECORDS);
  await load.untilCounted(await load.put());
  load.close();
}

const used = join(folder, "used");
let directories = 0;
const kinds: Readonly<Record<string, (port: number) => string[]>> = {
  "bare node:http": (port) => [join(import.meta.dirname, "shared/bare-server.mjs"), String(port)],
  "fresh directory": (port) => startArguments(port, join(folder, `fresh-${directories++}`)),
  "used directory": (port) => startArguments(port, used),
};

async function measureStarts(): Promise<void> {
  const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [kind, argumentsFor] of Object.entries(kinds)) {
      const port = await freePort();
      const started = await start(argumentsFor(port), port);
      await stop(started);
      // the first round only warms the disk's cache
      if (round > 0) times.get(kind)?.push(started.ms);
    }
  }
  const bare = times.get("bare node:http") ?? [];
  console.log("start to first answered call, median:");
  for (const [kind, taken] of times) {
    const range = `${Math.min(...taken).toFixed(0)} to ${Math.max(...taken).toFixed(0)}`;
    const ratio = taken === bare ? "" : `  ${medianRatio(taken, bare).toFixed(2)} times the bare server's`;
    console.log(`  ${kind.padEnd(16)} ${median(taken).toFixed(0).padStart(4)} ms  (${range})${ratio}`);
  }
}

async function measureMemory(): Promise<void> {
  console.log("resident memory of the process and all below it, median:");
  for (const [kind, argumentsFor] of Object.entries(kinds)) {
    const [first, idle]: [number[], number[]] = [[], []];
    for (let round = 0; round < Number(options["memory-rounds"]); round++) {
      const port = await freePort();
      const started = await start(argumentsFor(port), port);
      first.push(residentBytes(started.process.pid!));
      await delay(IDLE_MS);
      idle.push(residentBytes(started.process.pid!));
      await stop(started);
    }
    const [after, later] = [first, idle].map((bytes) => `${(median(bytes) / 1e6).toFixed(0)} MB`);
    console.log(`  ${kind.padEnd(16)} ${after} after the first answer, ${later} idle for ${IDLE_MS / 1000} s`);
  }
}

try {
  await makeUsedDirectory(used);
  await measureStarts();
  await measureMemory();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
