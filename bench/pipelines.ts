// The five pipelines as they are deployed, each on `headwater start` as it is built, in a process of its own, data on disk:
// - end to end, milliseconds from the sending of an event, in a call of its own, until it is seen in the store. Events come on a
//   schedule; looks at the store are 5 ms apart, which is how exact it is;
// - sustained, events a second from the first one's sending until all are stored, sent by the pipeline's own producer as fast
//   as they are taken, which shares the machine with the emulator and its functions.
// A first load, that is not measured, holds the functions' cold starts. What is stored is counted after every round.
// Usage: node --import tsx bench/pipelines.ts [--only retail ...] [--rounds 3] [--events 300] [--rate 25] [--load 1]
//   [--profile DIR]
// --load is a factor of the sustained load's number of events. With --profile a CPU profile of each emulator is left in DIR, and
// the share of the evaluation of policies in its busy time is printed; that slows it a little.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { iot } from "./pipelines/iot.ts";
import { deployed, latencies, type PipelineBench, sustained } from "./pipelines/load.ts";
import { retail } from "./pipelines/retail.ts";
import { rivers } from "./pipelines/rivers.ts";
import { sensors } from "./pipelines/sensors.ts";
import { weather } from "./pipelines/weather.ts";
import { busyShare, EVALUATION, monotonicUs } from "./shared/cpu-profile.ts";
import { startArguments } from "./shared/headwater-command.ts";
import { grouped, median, percentile } from "./shared/report.ts";
import { freePort, startServer } from "./shared/server-process.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "300" },
    rate: { type: "string", default: "25" },
    load: { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const ROUNDS = Number(options.rounds);
const EVENTS = Number(options.events);
const RATE = Number(options.rate);
const WARM_UP_SHARE = 0.2;

async function measure(
  pipeline: PipelineBench,
  parameters: Readonly<Record<string, string>>,
  dataDirectory: string,
  profile: readonly string[],
) {
  const count = Math.ceil(pipeline.events * Number(options.load));
  const port = await freePort();
  await using _server = await startServer([...profile, ...startArguments(port, dataDirectory)], port);
  const load = await pipeline.open(await deployed(port, pipeline.name, parameters));
  await sustained(load, Math.ceil(count * WARM_UP_SHARE));
  await latencies(load, Math.ceil(EVENTS * WARM_UP_SHARE), RATE);
  const results = { p50: [] as number[], p99: [] as number[], rate: [] as number[] };
  const fromUs = monotonicUs();
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await latencies(load, EVENTS, RATE);
    results.p50.push(percentile(taken, 0.5));
    results.p99.push(percentile(taken, 0.99));
    results.rate.push(count / (await sustained(load, count)));
  }
  const toUs = monotonicUs();
  load.close();
  return { ...results, count, fromUs, toUs };
}

/** One setting of a pipeline, as a line; with a profile a second one. */
async function report(pipeline: PipelineBench, { label, parameters }: PipelineBench["settings"][number]) {
  const title = `${pipeline.name}, ${label}`;
  const profileFolder = options.profile === undefined ? undefined : join(options.profile, title.replaceAll(" ", "-"));
  const profile = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  const { p50, p99, rate, count, fromUs, toUs } = await measure(pipeline, parameters, join(folder, title), profile);
  console.log(
    `  ${title.padEnd(32)} p50 ${median(p50).toFixed(1).padStart(7)} ms, p99 ${median(p99).toFixed(1).padStart(7)} ms ` +
      `${range(p99)}; ${grouped(median(rate)).padStart(6)} events/s ${range(rate)}, ${grouped(count)} by ${pipeline.producer}`,
  );
  if (profileFolder === undefined) return;
  const share = busyShare(profileFolder, EVALUATION, fromUs, toUs);
  console.log(`    evaluation of policies: ${(share * 100).toFixed(1)} % of the emulator's busy time`);
}

const folder = mkdtempSync(join(tmpdir(), "headwater-bench-pipelines-"));
const range = (values: readonly number[]) => `(${grouped(Math.min(...values))} to ${grouped(Math.max(...values))})`;
try {
  console.log(`Five pipelines: end to end with ${RATE} events/s, and sustained; medians of ${ROUNDS} rounds:`);
  for (const pipeline of [rivers, retail, weather, iot, sensors]) {
    if (options.only && !options.only.includes(pipeline.name)) continue;
    for (const setting of pipeline.settings) await report(pipeline, setting);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
