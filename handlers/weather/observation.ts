import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** One day at one station, as the producer sends it. Units are in the names. */
export interface Observation {
  readonly Station: string;
  /** YYYY-MM-DD */
  readonly Date: string;
  readonly PrecipitationMm?: number;
  readonly SnowfallMm?: number;
  readonly MinimumTemperatureF?: number;
  readonly MaximumTemperatureF?: number;
}

const MEASURES = ["PrecipitationMm", "SnowfallMm", "MinimumTemperatureF", "MaximumTemperatureF"] as const;

const STATION = /^[A-Z0-9_-]{1,32}$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws Error that says what is wrong: what is malformed now is malformed at every delivery */
export function decodeObservation(base64: string): Observation {
  const value: unknown = JSON.parse(utf8.decode(Buffer.from(base64, "base64")));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object");
  const { Station, Date: day, ...rest } = value as Record<string, unknown>;
  if (typeof Station !== "string" || !STATION.test(Station)) throw new Error("no Station");
  if (typeof day !== "string" || !DAY.test(day) || Number.isNaN(Date.parse(day))) throw new Error("no Date");
  return { Station, Date: day, ...measuresOf(rest) };
}

function measuresOf(values: Readonly<Record<string, unknown>>): Omit<Observation, "Station" | "Date"> {
  const measures: Partial<Record<(typeof MEASURES)[number], number>> = {};
  for (const name of MEASURES) {
    const value = values[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${name} is no number`);
    measures[name] = value;
  }
  return measures;
}

/** The item that both tables hold: numbers are numbers, and the month leads the indexes of extremes. */
export function itemOf(observation: Observation): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {
    Station: { S: observation.Station },
    Date: { S: observation.Date },
    Month: { S: observation.Date.slice(0, "YYYY-MM".length) },
  };
  for (const name of MEASURES) {
    const value = observation[name];
    if (value !== undefined) item[name] = { N: String(value) };
  }
  return item;
}
