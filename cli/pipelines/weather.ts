import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { Observation } from "../../handlers/weather/observation.ts";
import { findState, type State } from "../../producer/noaa/states.ts";
import type { ProducerRun } from "../../producer/producer.ts";
import { makeSingleAttemptClient } from "../../producer/put-records.ts";
import { type SourceName, WeatherRun } from "../../producer/weather.ts";
import { output } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { positive, wholePositive } from "../options.ts";
import { COMMAND, PACKAGE_ROOT } from "../package.ts";
import { tableLines } from "../table.ts";
import { counted } from "../text.ts";
import { WeatherReader } from "../weather-reader.ts";
import { Settled } from "./settled.ts";
import type { Demo, Deployed, Follower, PipelineCommand, PipelineCommands } from "./pipeline.ts";

const SAMPLE_FILE = join(PACKAGE_ROOT, "data", "weather.csv");

const PRODUCE_HELP = `
Sources: cdo is Climate Data Online (its token in NOAA_TOKEN; 5 requests a second), access is NCEI's access data service (no
token), stand-in serves made-up sample data over cdo's interface without a network. cdo is taken when NOAA_TOKEN is set, else
access. NOAA_URL points both to another host.`;

export interface WeatherProduceOptions {
  readonly state: State;
  readonly from: string;
  readonly to: string;
  readonly source?: SourceName;
  readonly rate: number;
}

const produce: PipelineCommand<WeatherProduceOptions, ProducerRun> = {
  description: "Put NOAA's daily summaries of a state and a period on the stream",

  configure: (command) =>
    command
      .addOption(
        new Option("--state <state>", "postal code or name").argParser(state).default(findState("MD"), "Maryland"),
      )
      .option("--from <date>", "first day, YYYY-MM-DD", dateOf, "2021-10-01")
      .option("--to <date>", "last day, YYYY-MM-DD", dateOf, "2021-10-31")
      .addOption(
        new Option("--source <name>", "where the observations come from")
          .choices(["cdo", "access", "stand-in"])
          .env("NOAA_SOURCE"),
      )
      .option("--rate <observations>", "observations a second, 1 or more", positive("rate"), 100)
      .addHelpText("after", PRODUCE_HELP),

  run: ({ target, outputs }, options, { signal, print }) => {
    if (options.from > options.to)
      throw new UserError(`The first day, ${options.from}, is after the last, ${options.to}.`);
    const token = process.env["NOAA_TOKEN"];
    return new WeatherRun({
      client: makeSingleAttemptClient(target.clientConfig),
      streamName: output(outputs, "StreamName"),
      period: { state: options.state, from: options.from, to: options.to },
      source: options.source ?? (token === undefined ? "access" : "cdo"),
      token,
      url: process.env["NOAA_URL"],
      sampleFile: SAMPLE_FILE,
      rate: options.rate,
      signal,
      print,
    });
  },
};

interface WeatherQueryOptions {
  readonly date?: string;
  readonly month: string;
  readonly station?: string;
  readonly coldest?: true;
  readonly wettest?: true;
  readonly limit: number;
  readonly json?: true;
}

const query: PipelineCommand<WeatherQueryOptions, Promise<void>> = {
  description: "Ask for the weather of a day or a station, or for the extremes of a month",

  configure: (command) =>
    command
      .option("--date <day>", "all stations of a day, YYYY-MM-DD", dateOf)
      .option("--station <id>", "a station's days; with --date, that day alone")
      .option("--coldest", "the coldest nights of a month, or of the day that --date gives")
      .addOption(new Option("--wettest", "the wettest days of a month, or of the day").conflicts("coldest"))
      .option("--month <month>", "YYYY-MM, for --coldest and --wettest", month, "2021-10")
      .option("--limit <count>", "how many of the extremes", wholePositive("limit"), 10)
      .option("--json", "as a JSON array"),

  async run(deployed, options, { print }) {
    const found = await answer(new WeatherReader(deployed), options);
    if (options.json) return print(JSON.stringify(found, null, 2));
    if (found.length === 0) return print("Nothing is stored of that.");
    const cells = (value: number | undefined, digits = 1) => (value === undefined ? "-" : value.toFixed(digits));
    const rows = found.map((each) => [
      each.Station,
      each.Date,
      cells(each.PrecipitationMm),
      cells(each.SnowfallMm, 0),
      cells(each.MinimumTemperatureF),
      cells(each.MaximumTemperatureF),
    ]);
    print(...tableLines(["Station", "Date", "Rain mm", "Snow mm", "Min °F", "Max °F"], rows));
  },
};

const MEASURE_OF = { coldest: "MinimumTemperatureF", wettest: "PrecipitationMm" } as const;

async function answer(reader: WeatherReader, options: WeatherQueryOptions): Promise<readonly Observation[]> {
  const { date, station, coldest, wettest, month: of, limit } = options;
  const extreme = coldest ? "coldest" : wettest ? "wettest" : undefined;
  if (station !== undefined) {
    if (extreme) throw new UserError(`--${extreme} is asked of a day or a month, not of a station.`);
    return reader.ofStation(station, date);
  }
  if (extreme === undefined) {
    if (date === undefined) throw new UserError("Ask for --date, --station, --coldest or --wettest.");
    return reader.ofDate(date);
  }
  if (date === undefined) return reader.extremes(extreme, of, limit);
  const measure = MEASURE_OF[extreme];
  const sign = extreme === "coldest" ? 1 : -1;
  return (await reader.ofDate(date))
    .filter((each) => each[measure] !== undefined)
    .toSorted((a, b) => sign * (a[measure]! - b[measure]!))
    .slice(0, limit);
}

/** Shows each day when it is whole: shards and batches do not keep step. */
class DaysFollower implements Follower {
  readonly header = dayLine("Date", "Stations", "Coldest °F", "Warmest °F", "Wettest mm");
  readonly #reader: WeatherReader;
  readonly #settled = new Settled();
  #stations = 0;

  constructor(deployed: Deployed) {
    this.#reader = new WeatherReader(deployed);
  }

  async next(isWhole: boolean) {
    const everything = await this.#reader.everything();
    this.#stations = new Set(everything.map(({ Station }) => Station)).size;
    const days = new Map<string, Observation[]>();
    for (const each of everything) {
      const day = days.get(each.Date);
      if (day) day.push(each);
      else days.set(each.Date, [each]);
    }
    const sizes = new Map([...days].map(([date, observations]) => [date, observations.length]));
    const lines = this.#settled.look(sizes, isWhole).map((date) => summaryOfDay(date, days.get(date)!));
    return { lines, stored: everything.length, errors: 0 };
  }

  async figures() {
    return [counted(this.#stations, "station"), counted(this.#settled.count, "day")];
  }
}

const dayLine = (...[date = "", ...figures]: readonly string[]) =>
  `${date.padEnd(10)}${figures.map((figure) => `  ${figure.padStart(10)}`).join("")}`;

function summaryOfDay(date: string, observations: readonly Observation[]): string {
  const extreme = (name: keyof Observation, pick: (...values: number[]) => number) => {
    const values = observations.map((each) => each[name]).filter((value) => typeof value === "number");
    return values.length === 0 ? "-" : pick(...values).toFixed(1);
  };
  return dayLine(
    date,
    String(observations.length),
    extreme("MinimumTemperatureF", Math.min),
    extreme("MaximumTemperatureF", Math.max),
    extreme("PrecipitationMm", Math.max),
  );
}

const demo: Demo = {
  title: "Maryland's weather of October 2021, made up, from a stand-in of NOAA's service",
  produceOptions: ({ rate }): WeatherProduceOptions => ({
    state: findState("MD"),
    from: "2021-10-01",
    to: "2021-10-31",
    source: "stand-in",
    rate,
  }),
  follow: (deployed) => new DaysFollower(deployed),
  nextSteps: ({ outputs }) => [
    `${COMMAND} produce weather --source stand-in --from 2021-09-24`,
    `${COMMAND} query weather --coldest`,
    `${COMMAND} query weather --date 2021-10-15`,
    `aws dynamodb query --table-name ${outputs["StationsTableName"]} --key-condition-expression 'Station = :station' --expression-attribute-values '{":station":{"S":"SMP00000001"}}'`,
  ],
};

export const weather: PipelineCommands = { produce, query, demo };

function dateOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  if (isDay) return text;
  throw new InvalidArgumentError("A day is written YYYY-MM-DD.");
}

function month(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError("A month is written YYYY-MM.");
}

function state(text: string): State {
  try {
    return findState(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
