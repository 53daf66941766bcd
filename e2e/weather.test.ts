import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { PACKAGE_ROOT } from "../cli/package.ts";
import { WeatherReader } from "../cli/weather-reader.ts";
import { aggregate } from "../conformance/kinesis/aggregate.ts";
import type { Observation } from "../handlers/weather/observation.ts";
import { kinesisClient } from "../producer/kinesis-client.ts";
import { StandIn } from "../producer/noaa/stand-in.ts";
import { findState } from "../producer/noaa/states.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { failuresOf } from "./stored.ts";
import { itUnless } from "./targets/it-unless.ts";

const SAMPLE_FILE = join(PACKAGE_ROOT, "data", "weather.csv");
const [FROM, TO] = ["2021-10-01", "2021-10-31"];
const october = { state: findState("MD"), from: FROM, to: TO, rate: 10_000 };

const pipeline = usePipeline("weather", { MaximumBatchingWindowInSeconds: "0" });

/** What the sample file says, computed without the project's code: tenths of mm, mm, tenths of degrees Celsius. */
function sourceDays(from = FROM, to = TO): Observation[] {
  const rows = parse<Record<string, string>>(readFileSync(SAMPLE_FILE), { columns: true });
  const value = (text: string | undefined, convert: (number: number) => number) =>
    text ? Number(convert(Number(text)).toFixed(2)) : undefined;
  const fahrenheit = (tenths: number) => 32 + (tenths / 10) * 1.8;
  return rows
    .filter((row) => row["NAME"]!.endsWith(", MD US") && row["DATE"]! >= from && row["DATE"]! <= to)
    .map((row) => ({
      Station: row["STATION"]!,
      Date: row["DATE"]!,
      PrecipitationMm: value(row["PRCP"], (tenths) => tenths / 10),
      SnowfallMm: value(row["SNOW"], (mm) => mm),
      MinimumTemperatureF: value(row["TMIN"], fahrenheit),
      MaximumTemperatureF: value(row["TMAX"], fahrenheit),
    }));
}

const byKey = (a: Observation, b: Observation) => (`${a.Date} ${a.Station}` < `${b.Date} ${b.Station}` ? -1 : 1);

const reader = () => new WeatherReader(pipeline.deployed);

const everythingUntil = (count: number) =>
  pipeline.eventually(
    () => reader().everything(),
    ({ length }) => length >= count,
  );

/** What `headwater query weather` prints for these options. */
async function ask(options: object): Promise<Observation[]> {
  let printed = "";
  const context = {
    signal: new AbortController().signal,
    print: (...lines: string[]) => (printed += lines.join("\n")),
  };
  await pipeline.commands.query!.run(
    pipeline.deployed,
    { limit: 10, month: "2021-10", json: true, ...options },
    context,
  );
  return JSON.parse(printed) as Observation[];
}

describe("weather", () => {
  it("stores every observation of the state and the period once, in both tables, as the source has it", async () => {
    const expected = sourceDays();
    const run = pipeline.producer({ ...october, source: "stand-in" });
    await run.run();
    expect(run.stats).toMatchObject({ sent: expected.length, retried: 0, isDone: true });
    const stored = await everythingUntil(expected.length);
    expect(stored.toSorted(byKey)).toEqual(expected.toSorted(byKey));

    const stations = new Set(expected.map(({ Station }) => Station));
    for (const station of stations) {
      expect(await reader().ofStation(station)).toEqual(expected.filter(({ Station }) => Station === station));
    }
  });

  it("changes nothing when the same observations arrive again, by NOAA's other service", async () => {
    const expected = sourceDays();
    await using standIn = await StandIn.start({ file: SAMPLE_FILE });
    process.env["NOAA_URL"] = standIn.url;
    try {
      await pipeline.producer({ ...october, to: "2021-11-05", source: "access" }).run();
    } finally {
      delete process.env["NOAA_URL"];
    }
    const more = sourceDays(FROM, "2021-11-05");
    expect(more.length).toBeGreaterThan(expected.length);
    const stored = await everythingUntil(more.length);
    expect(stored.toSorted(byKey)).toEqual(more.toSorted(byKey));
  });

  it("asks Climate Data Online page by page, and again where it answers 429 and 503", async () => {
    await using standIn = await StandIn.start({ file: SAMPLE_FILE, troubleEach: 2 });
    process.env["NOAA_URL"] = standIn.url;
    process.env["NOAA_TOKEN"] = "a token";
    try {
      const run = pipeline.producer({ ...october, from: "2021-09-24" });
      await run.run();
      expect(run.stats.sent).toBe(sourceDays("2021-09-24").length);
    } finally {
      delete process.env["NOAA_URL"];
      delete process.env["NOAA_TOKEN"];
    }
    // two pages of values, and an answer of trouble before each page but the first
    expect(standIn.requests).toBeGreaterThanOrEqual(3);
  });

  it("answers a day, a station, and the extremes of a month and a day", async () => {
    const source = sourceDays();
    const day = source.filter(({ Date: date }) => date === "2021-10-15");
    expect(await ask({ date: "2021-10-15" })).toEqual(day.toSorted(byKey));
    const { Station: station } = day[0]!;
    expect(await ask({ station, date: "2021-10-15" })).toEqual([day[0]]);

    const measured = (name: "MinimumTemperatureF" | "PrecipitationMm", sign: number, days = source) =>
      days
        .map((each) => each[name])
        .filter((value) => value !== undefined)
        .toSorted((a, b) => sign * (a - b));
    const values = (found: Observation[], name: "MinimumTemperatureF" | "PrecipitationMm") =>
      found.map((each) => each[name]);
    expect(values(await ask({ coldest: true }), "MinimumTemperatureF")).toEqual(
      measured("MinimumTemperatureF", 1).slice(0, 10),
    );
    expect(values(await ask({ wettest: true, limit: 3 }), "PrecipitationMm")).toEqual(
      measured("PrecipitationMm", -1).slice(0, 3),
    );
    expect(values(await ask({ coldest: true, date: "2021-10-15", limit: 2 }), "MinimumTemperatureF")).toEqual(
      measured("MinimumTemperatureF", 1, day).slice(0, 2),
    );
  });

  it("stores each of the observations that a producer has aggregated into one record", async () => {
    const kinesis = kinesisClient(pipeline.target.clientConfig);
    const days = ["2020-02-01", "2020-02-02", "2020-02-03"];
    const users = days.map((day) => ({
      partitionKey: day,
      data: JSON.stringify({ Station: "AGGREGATED", Date: day, SnowfallMm: 1 }),
    }));
    const record = { PartitionKey: "aggregated", Data: aggregate(users) };
    await kinesis.send(new PutRecordsCommand({ StreamName: pipeline.output("StreamName"), Records: [record] }));
    kinesis.destroy();
    const stored = await pipeline.eventually(
      () => reader().ofStation("AGGREGATED"),
      ({ length }) => length >= days.length,
    );
    expect(stored.map(({ Date: date }) => date)).toEqual(days);
  });

  const malformed = ["no json", '{"Station":"X"}', '{"Station":"X","Date":"2021-10-01","PrecipitationMm":"1"}'];

  it("sets records aside that are no observations, and stores their neighbours", async () => {
    const kinesis = kinesisClient(pipeline.target.clientConfig);
    const good = (date: string) => JSON.stringify({ Station: "GOOD", Date: date, PrecipitationMm: 1 });
    const payloads = [good("2020-01-01"), ...malformed, good("2020-01-02")];
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: pipeline.output("StreamName"),
        Records: payloads.map((payload) => ({ PartitionKey: "one shard", Data: Buffer.from(payload) })),
      }),
    );
    kinesis.destroy();
    const days = await pipeline.eventually(
      () => reader().ofStation("GOOD"),
      ({ length }) => length >= 2,
    );
    expect(days.map(({ Date: date }) => date)).toEqual(["2020-01-01", "2020-01-02"]);
    const set = await pipeline.eventually(setAside, ({ length }) => length >= malformed.length);
    expect(set).toEqual(expect.arrayContaining(malformed));
  });

  itUnless("bisect")("sets none of their neighbours aside", async () => {
    expect((await setAside()).toSorted()).toEqual(malformed.toSorted());
  });

  it("leaves nothing behind when it is destroyed", async () => {
    expect(await pipeline.destroy()).toEqual([]);
  });
});

/** The payloads at the on-failure destination. */
async function setAside(): Promise<string[]> {
  const failures = await failuresOf(pipeline.target, pipeline.output("FailuresBucketName"));
  return failures.flatMap(({ payloads }) => payloads.map(String));
}
