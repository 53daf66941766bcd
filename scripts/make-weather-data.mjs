// Writes data/weather.csv: made-up daily weather of made-up stations, in the units of GHCN-Daily (tenths of mm, mm, tenths of
// degrees Celsius), for the stand-in of NOAA's services. The same script gives the same file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const FIRST = Date.UTC(2021, 8, 24);
const DAYS = 45;
const DAY_MS = 86_400_000;

/** name, state, latitude, longitude, elevation in m */
const STATIONS = [
  ["SAMPLE HARBOR", "MD", 39.27, -76.58, 5],
  ["SAMPLE AIRPORT", "MD", 39.17, -76.68, 45],
  ["SAMPLE BAY POINT", "MD", 38.32, -76.45, 3],
  ["SAMPLE COLLEGE", "MD", 38.99, -76.94, 20],
  ["SAMPLE CREEK FARM", "MD", 39.42, -77.41, 110],
  ["SAMPLE DAM", "MD", 39.66, -76.17, 40],
  ["SAMPLE EASTERN SHORE", "MD", 38.75, -76.07, 12],
  ["SAMPLE GAP", "MD", 39.64, -78.76, 230],
  ["SAMPLE LAKE", "MD", 39.5, -79.3, 760],
  ["SAMPLE MOUNTAIN", "MD", 39.68, -79.35, 880],
  ["SAMPLE OCEAN BEACH", "MD", 38.33, -75.09, 2],
  ["SAMPLE RESERVOIR", "MD", 39.11, -76.89, 90],
  ["SAMPLE RIVERSIDE", "MD", 39.6, -77.82, 140],
  ["SAMPLE TOBACCO BARN", "MD", 38.53, -76.8, 50],
  ["SAMPLE NEIGHBOR NORTH", "PA", 39.74, -77.2, 160],
  ["SAMPLE NEIGHBOR SOUTH", "VA", 38.9, -77.3, 95],
];

let state = 20_211_001;
/** A linear congruential generator: 0 to 1, the same everywhere. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const lines = ["STATION,NAME,LATITUDE,LONGITUDE,ELEVATION,DATE,PRCP,SNOW,TMAX,TMIN"];
for (let day = 0; day < DAYS; day++) {
  const date = new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);
  const season = 24 - day * 0.28 + 4 * Math.sin(day / 3.1);
  const isWet = Math.sin(day / 2.3) + random() > 1;
  for (const [index, [name, stateCode, latitude, longitude, elevation]] of STATIONS.entries()) {
    if (random() < 0.03) continue;
    const high = season - elevation * 0.0065 + (random() - 0.5) * 3;
    const low = high - 7 - random() * 6;
    const rain = isWet && random() < 0.8 ? Math.round(random() ** 2 * 420) : 0;
    const snow = rain > 0 && low < 0 ? Math.round(rain / 2) : 0;
    const tenths = (celsius) => String(Math.round(celsius * 10));
    const hasThermometer = index % 5 !== 2;
    lines.push(
      [
        `SMP${String(index + 1).padStart(8, "0")}`,
        `"${name}, ${stateCode} US"`,
        ...[latitude, longitude, elevation, date],
        random() < 0.02 ? "" : String(rain),
        index % 3 === 0 ? "" : String(snow),
        hasThermometer && random() > 0.02 ? tenths(high) : "",
        hasThermometer && random() > 0.02 ? tenths(low) : "",
      ].join(","),
    );
  }
}
writeFileSync(join(import.meta.dirname, "..", "data", "weather.csv"), `${lines.join("\n")}\n`);
