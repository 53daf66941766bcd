import { desc, from, op } from "arquero";
import type { LakeError, LakeEvent, LakeObject } from "./iot-data.ts";

/** A device's events in figures. */
export interface DeviceSummary {
  readonly device: string;
  readonly events: number;
  readonly minCelsius: number;
  readonly meanCelsius: number;
  readonly maxCelsius: number;
  readonly meanHumidityPercent: number;
  readonly batteryPercent: number;
}

/** A stretch of time in figures. */
export interface TimeSummary {
  /** Its beginning, in ISO 8601. */
  readonly time: string;
  readonly events: number;
  readonly minCelsius: number;
  readonly meanCelsius: number;
  readonly maxCelsius: number;
}

export interface IotSummary {
  readonly events: number;
  /** Deliveries of an event beyond its first: Firehose delivers at least once. */
  readonly repeated: number;
  readonly errors: number;
  /** Of all records, 0 to 1. */
  readonly errorShare: number;
  readonly errorsByCode: readonly { readonly code: string; readonly errors: number }[];
  readonly devices: readonly DeviceSummary[];
  readonly overTime: readonly TimeSummary[];
  /** Each event once, oldest first. */
  readonly rows: readonly LakeEvent[];
}

/** Stretches that a plot over time is cut into, about. */
const STRETCHES = 60;
/** Lengths of a stretch that read well, in seconds. */
const LENGTHS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Puts the objects of the data lake into a dataframe and sums it up. */
export function summarize(
  eventObjects: readonly LakeObject<LakeEvent>[],
  errorObjects: readonly LakeObject<LakeError>[],
): IotSummary {
  const delivered = eventObjects.flatMap(({ lines }) => lines);
  const rows = [...new Map(delivered.map((event) => [event.event_id, event])).values()];
  const events = from(rows.map((row) => ({ ...row, ms: Date.parse(row.timestamp) }))).orderby("ms");
  const errors = errorObjects.flatMap(({ lines }) => lines);
  const total = rows.length + errors.length;

  const celsius = {
    minCelsius: op.min("temperature_celsius"),
    meanCelsius: op.mean("temperature_celsius"),
    maxCelsius: op.max("temperature_celsius"),
  };
  const devices = events
    .groupby("device_id")
    .rollup({
      events: op.count(),
      ...celsius,
      meanHumidityPercent: op.mean("humidity_percent"),
      batteryPercent: op.min("battery_percent"),
    })
    .rename({ device_id: "device" })
    .orderby("device")
    .objects() as DeviceSummary[];

  const lengthMs = stretchMs(rows);
  const overTime = from(
    rows.map((row) => ({ ...row, start: Math.floor(Date.parse(row.timestamp) / lengthMs) * lengthMs })),
  )
    .groupby("start")
    .rollup({ events: op.count(), ...celsius })
    .orderby("start")
    .objects() as (Omit<TimeSummary, "time"> & { readonly start: number })[];

  const errorsByCode = from(errors.map(({ errorCode }) => ({ code: errorCode })))
    .groupby("code")
    .rollup({ errors: op.count() })
    .orderby(desc("errors"))
    .objects() as IotSummary["errorsByCode"][number][];

  return {
    events: rows.length,
    repeated: delivered.length - rows.length,
    errors: errors.length,
    errorShare: total === 0 ? 0 : errors.length / total,
    errorsByCode: errors.length === 0 ? [] : errorsByCode,
    devices: rows.length === 0 ? [] : devices,
    overTime: overTime.map(({ start, ...rest }) => ({ time: new Date(start).toISOString(), ...rest })),
    rows: events
      .select("event_id", "device_id", "timestamp", "temperature_celsius", "humidity_percent", "battery_percent")
      .objects() as LakeEvent[],
  };
}

function stretchMs(rows: readonly LakeEvent[]): number {
  let [first, last] = [Infinity, -Infinity];
  for (const { timestamp } of rows) {
    first = Math.min(first, Date.parse(timestamp));
    last = Math.max(last, Date.parse(timestamp));
  }
  const seconds = (last - first) / 1000 / STRETCHES;
  return (LENGTHS_S.find((length) => length >= seconds) ?? LENGTHS_S.at(-1)!) * 1000;
}
