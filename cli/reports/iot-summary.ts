import { desc, from, op } from "arquero";
import type { DeviceEvent } from "../../handlers/iot/device-event.ts";
import type { LakeError, LakeObject } from "./iot-data.ts";

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
  /** Malformed records that arrived in it. */
  readonly errors: number;
  /** Undefined where there are no events. */
  readonly minCelsius?: number;
  readonly meanCelsius?: number;
  readonly maxCelsius?: number;
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
  /** The same in a few lines, for a terminal. */
  readonly overTimeInShort: readonly TimeSummary[];
  /** Each event once, oldest first. */
  readonly rows: readonly DeviceEvent[];
}

/** Stretches that time is cut into, about: in a plot, and in a terminal. */
const PLOT_STRETCHES = 60;
const SHORT_STRETCHES = 10;
/** Lengths of a stretch that read well, in seconds. */
const LENGTHS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

const CELSIUS = {
  minCelsius: op.min("temperature_celsius"),
  meanCelsius: op.mean("temperature_celsius"),
  maxCelsius: op.max("temperature_celsius"),
};

/** Puts the objects of the data lake into a dataframe and sums it up. */
export function summarize(
  eventObjects: readonly LakeObject<DeviceEvent>[],
  errorObjects: readonly LakeObject<LakeError>[],
): IotSummary {
  const delivered = eventObjects.flatMap(({ lines }) => lines);
  const events = [...new Map(delivered.map((event) => [event.event_id, event])).values()].toSorted(byTime);
  const errors = errorObjects.flatMap(({ lines }) => lines);
  const total = events.length + errors.length;
  return {
    events: events.length,
    repeated: delivered.length - events.length,
    errors: errors.length,
    errorShare: total === 0 ? 0 : errors.length / total,
    errorsByCode: errorsByCode(errors),
    devices: deviceSummaries(events),
    overTime: timeSummaries(events, errors, PLOT_STRETCHES),
    overTimeInShort: timeSummaries(events, errors, SHORT_STRETCHES),
    rows: events,
  };
}

const byTime = (a: DeviceEvent, b: DeviceEvent) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0);

/** A dataframe of no rows has no columns to group by. */
function errorsByCode(errors: readonly LakeError[]): IotSummary["errorsByCode"] {
  if (errors.length === 0) return [];
  return from(errors.map(({ errorCode }) => ({ code: errorCode })))
    .groupby("code")
    .rollup({ errors: op.count() })
    .orderby(desc("errors"))
    .objects() as IotSummary["errorsByCode"][number][];
}

function deviceSummaries(events: readonly DeviceEvent[]): readonly DeviceSummary[] {
  if (events.length === 0) return [];
  return from([...events])
    .groupby("device_id")
    .rollup({
      events: op.count(),
      ...CELSIUS,
      meanHumidityPercent: op.mean("humidity_percent"),
      batteryPercent: op.min("battery_percent"),
    })
    .rename({ device_id: "device" })
    .orderby("device")
    .objects() as DeviceSummary[];
}

/** Every stretch from the first to the last, those without events as well. */
function timeSummaries(
  events: readonly DeviceEvent[],
  errors: readonly LakeError[],
  stretches: number,
): readonly TimeSummary[] {
  const times = [
    ...events.map(({ timestamp }) => Date.parse(timestamp)),
    ...errors.map(({ arrivalTimestamp }) => arrivalTimestamp),
  ];
  if (times.length === 0) return [];
  const [first, last] = times.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Infinity, -Infinity],
  );
  const seconds = (last - first) / 1000 / stretches;
  const lengthMs = (LENGTHS_S.find((length) => length >= seconds) ?? LENGTHS_S.at(-1)!) * 1000;
  const startOf = (at: number) => Math.floor(at / lengthMs) * lengthMs;
  const measured = new Map(measuredByStart(events, startOf).map((each) => [each.start, each]));
  const failed = new Map<number, number>();
  for (const { arrivalTimestamp } of errors) {
    const start = startOf(arrivalTimestamp);
    failed.set(start, (failed.get(start) ?? 0) + 1);
  }
  const summaries: TimeSummary[] = [];
  for (let start = startOf(first); start <= last; start += lengthMs) {
    const { start: _, ...figures } = measured.get(start) ?? { start, events: 0 };
    summaries.push({ time: new Date(start).toISOString(), errors: failed.get(start) ?? 0, ...figures });
  }
  return summaries;
}

type Measured = Omit<TimeSummary, "time" | "errors"> & { readonly start: number };

function measuredByStart(events: readonly DeviceEvent[], startOf: (at: number) => number): Measured[] {
  if (events.length === 0) return [];
  return from(events.map((event) => ({ ...event, start: startOf(Date.parse(event.timestamp)) })))
    .groupby("start")
    .rollup({ events: op.count(), ...CELSIUS })
    .objects() as Measured[];
}
