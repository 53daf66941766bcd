// The five pipelines as they are deployed, each on `headwater start` as it is built, in a process of its own, data on disk:
// - end to end, milliseconds from just before an event is sent, in a call of its own, until it is seen in the store. Events come on
//   a schedule; looks at the store are 5 ms apart, which is how exact it is;
// - sustained, events a second from the first one's sending until all are stored, sent by the pipeline's own producer as fast
//   as they are taken, which shares the machine with the emulator and its functions.
// A first load, that is not measured, holds the functions' cold starts. What is stored is counted after every round.
// Usage: node --import tsx bench/pipelines.ts [--only retail ...] [--rounds 3] [--events 300] [--rate 50] [--load 1]
//   [--profile DIR]
// --load is a factor of the sustained load's number of events.
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
import { startArguments } from "./shared/headwater-command.ts";
import { grouped, median, percentile } from "./shared/report.ts";
import { freePort, startServer } from "./shared/server-process.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "300" },
    rate: { type: "string", default: "50" },
    load: { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const ROUNDS = Number(options.rounds);
const EVENTS = Number(options.events);
const RATE = Number(options.rate);
const PROFILE = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
const WARM_UP_SHARE = 0.2;

async function measure(pipeline: PipelineBench, parameters: Readonly<Record<string, string>>, dataDirectory: string) {
  const count = Math.ceil(pipeline.events * Number(options.load));
  const port = await freePort();
  await using _server = await startServer([...PROFILE, ...startArguments(port, dataDirectory)], port);
  const load = await pipeline.open(await deployed(port, pipeline.name, parameters));
  await sustained(load, Math.ceil(count * WARM_UP_SHARE));
  await latencies(load, Math.ceil(EVENTS * WARM_UP_SHARE), RATE);
  const results = { p50: [] as number[], p99: [] as number[], rate: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await latencies(load, EVENTS, RATE);
    results.p50.push(percentile(taken, 0.5));
    results.p99.push(percentile(taken, 0.99));
    results.rate.push(count / (await sustained(load, count)));
  }
  load.close();
  return { ...results, count };
}

const folder = mkdtempSync(join(tmpdir(), "headwater-bench-pipelines-"));
const range = (values: readonly number[]) => `(${grouped(Math.min(...values))} to ${grouped(Math.max(...values))})`;
try {
  console.log(`Five pipelines: end to end with ${RATE} events/s, and sustained; medians of ${ROUNDS} rounds:`);
  for (const pipeline of [rivers, retail, weather, iot, sensors]) {
    if (options.only && !options.only.includes(pipeline.name)) continue;
    for (const { label, parameters } of pipeline.settings) {
      const { p50, p99, rate, count } = await measure(pipeline, parameters, join(folder, `${pipeline.name} ${label}`));
      console.log(
        `  ${`${pipeline.name}, ${label}`.padEnd(32)} p50 ${median(p50).toFixed(1).padStart(7)} ms, p99 ` +
          `${median(p99).toFixed(1).padStart(7)} ms ${range(p99)}; ${grouped(median(rate)).padStart(6)} events/s ` +
          `${range(rate)}, ${grouped(count)} by ${pipeline.producer}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
