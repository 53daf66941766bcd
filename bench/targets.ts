// The targets side by side, in one run on one machine, each as its users start it: Headwater as a process, Headwater's image and
// LocalStack as containers.
// - ready: from the start command until the target says that it is; the median of the rounds, images being there;
// - memory: of all processes of the target (servers, functions, containers of functions), idle after the start, and 10 s after
//   the last row of rivers below; proportional set sizes, so that the sum counts each page once;
// - rivers: 10,000 rows by `headwater produce rivers` until all counts stand and their sum is right, template as shipped,
//   no limits of Kinesis (LocalStack has none);
// - POST -> stored: sensors (API -> function -> S3) and retail with a batching window of 0 (API -> function -> Kinesis -> two
//   functions -> S3 and DynamoDB), events one by one on a schedule, from when each is due until it is seen in the store;
// - the end-to-end suites of the five pipelines.
// A first load, that is not measured, holds the functions' cold starts.
// Usage: node --import tsx bench/targets.ts [--only embedded ...] [--rounds 3] [--rows 10000] [--events 100] [--rate 4] [--readme]
// --readme writes the table into README.md, with the date and the versions.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { deployPipeline } from "../cli/commands/deploy.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import { latencies, type PipelineBench, sustained } from "./pipelines/load.ts";
import { retail } from "./pipelines/retail.ts";
import { rivers } from "./pipelines/rivers.ts";
import { sensors } from "./pipelines/sensors.ts";
import { proportionalBytes } from "./shared/memory.ts";
import { grouped, median, percentile } from "./shared/report.ts";
import { startContainer } from "./targets/containers.ts";
import type { MeasuredTarget } from "./targets/measured-target.ts";
import { startEmbedded } from "./targets/processes.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    rows: { type: "string", default: "10000" },
    events: { type: "string", default: "100" },
    rate: { type: "string", default: "4" },
    readme: { type: "boolean", default: false },
  },
});
const IDLE_MS = 10_000;
const WARM_UP_ROWS = 1_000;
const WARM_UP_EVENTS = 10;
const MARKER = "bench-targets";

const TARGETS = {
  embedded: { title: "embedded", start: startEmbedded },
  container: { title: "our image", start: () => startContainer("container") },
  localstack: { title: "LocalStack", start: () => startContainer("localstack") },
} as const;
type Name = keyof typeof TARGETS;

type Figures = Readonly<Record<string, string>>;

async function figuresOf(name: Name): Promise<{ readonly title: string; readonly figures: Figures }> {
  const { start } = TARGETS[name];
  const ready: number[] = [];
  for (let round = 1; round < Number(options.rounds); round++) {
    await using started = await start();
    ready.push(started.readyMs);
  }
  await using measured = await start();
  ready.push(measured.readyMs);
  await delay(IDLE_MS);
  const idle = await memoryOf(measured);
  const rows = await riversSeconds(measured);
  await delay(IDLE_MS);
  const after = await memoryOf(measured);
  const [atSensors, atRetail] = [await postToStored(measured, sensors), await postToStored(measured, retail)];
  const figures = {
    "time to ready": `${(median(ready) / 1000).toFixed(1)} s`,
    "memory, idle": `${idle} MB`,
    "memory, idle after rivers": `${after} MB`,
    [`rivers, ${grouped(Number(options.rows))} rows until all counts stand`]: `${rows.toFixed(1)} s`,
    "POST -> stored, sensors, p50 / p99": atSensors,
    "POST -> stored, retail, p50 / p99": atRetail,
  };
  return { title: measured.title, figures };
}

const memoryOf = async (measured: MeasuredTarget): Promise<string> =>
  grouped(proportionalBytes(await measured.processes()) / 2 ** 20);

async function deployed({ target }: MeasuredTarget, { name }: PipelineBench, parameters = {}) {
  const outputs = await deployPipeline(target, findPipeline(name), parameters, { write: () => true });
  return { target, outputs };
}

async function riversSeconds(measured: MeasuredTarget): Promise<number> {
  const load = await rivers.open(await deployed(measured, rivers));
  await sustained(load, WARM_UP_ROWS);
  const seconds = await sustained(load, Number(options.rows));
  load.close();
  return seconds;
}

async function postToStored(measured: MeasuredTarget, pipeline: PipelineBench): Promise<string> {
  const load = await pipeline.open(await deployed(measured, pipeline, pipeline.settings[0]!.parameters));
  const rate = Number(options.rate);
  await latencies(load, WARM_UP_EVENTS, rate);
  const taken = await latencies(load, Number(options.events), rate);
  load.close();
  return `${grouped(percentile(taken, 0.5))} / ${grouped(percentile(taken, 0.99))} ms`;
}

/** Seconds that the suites take by their own account. */
async function suiteSeconds(name: Name): Promise<string> {
  const suites = spawn(process.execPath, ["--import", "tsx", "e2e/run.ts", "--pipelines-only", name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  suites.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(suites, "close");
  const summary = new RegExp(`^  ${name} +(\\d+) passed, (\\d+) failed, (\\d+) skipped, (\\d+) s`, "m").exec(text);
  if (!summary) throw new Error(`the suites did not end on ${name}:\n${text}`);
  const [, passed, failed, skipped, seconds] = summary;
  if (failed !== "0") throw new Error(`${failed} tests failed on ${name}`);
  return `${seconds} s (${passed} passed, ${skipped} skipped)`;
}

function tableOf(columns: ReadonlyMap<Name, Figures>): string {
  const names = [...columns.keys()];
  const rows = Object.keys(columns.get(names[0]!)!);
  return [
    `| | ${names.map((name) => TARGETS[name].title).join(" | ")} |`,
    `|---|${names.map(() => "---|").join("")}`,
    ...rows.map((row) => `| ${row} | ${names.map((name) => columns.get(name)![row]).join(" | ")} |`),
  ].join("\n");
}

function writeReadme(text: string): void {
  const readme = readFileSync("README.md", "utf8");
  const section = new RegExp(`(<!-- ${MARKER} -->\n).*?(<!-- /${MARKER} -->)`, "s");
  if (!section.test(readme)) throw new Error(`README.md has no section <!-- ${MARKER} -->`);
  writeFileSync(
    "README.md",
    readme.replace(section, (_, open: string, close: string) => `${open}${text}\n${close}`),
  );
}

const names = (Object.keys(TARGETS) as Name[]).filter((name) => options.only?.includes(name) ?? true);
const columns = new Map<Name, Figures>();
const titles: string[] = [];
for (const name of names) {
  const { title, figures } = await figuresOf(name);
  titles.push(title);
  columns.set(name, { ...figures, "end-to-end suites": await suiteSeconds(name) });
}
const engine = execFileSync("docker", ["version", "--format", "{{.Server.Version}}"], { encoding: "utf8" }).trim();
const date = new Date().toISOString().slice(0, 10);
const text = `${tableOf(columns)}\n\n${date}, ${cpus().length} cores, Docker engine ${engine}: ${titles.join("; ")}.`;
console.log(text);
if (options.readme) writeReadme(text);
process.exit(0);
