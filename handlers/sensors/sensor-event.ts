import { BadRequest } from "../api-answer.ts";

/** A reading as a sensor sends it. */
export interface SensorEvent {
  readonly id: string;
  readonly sensor_id: string;
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Seconds since 1970. */
  readonly epoch: number;
}

/** A reading as it is stored. */
export interface StoredEvent extends SensorEvent {
  /** When the function received it, in ISO 8601. */
  readonly received_at: string;
  readonly temperature_celsius: number;
  readonly temperature_fahrenheit: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ABSOLUTE_ZERO_CELSIUS = -273.15;
/** The last second of the year 9999: keys have a year of four digits. */
const LAST_EPOCH = 253_402_300_799;

/** @throws BadRequest that names the field */
export function sensorEventOf(value: unknown): SensorEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequest("The body is not a JSON object.");
  }
  const event = value as Record<string, unknown>;
  const id = uuid(event, "id");
  const sensorId = uuid(event, "sensor_id");
  const temperature = number(event, "temperature");
  if (temperature < ABSOLUTE_ZERO_CELSIUS) throw new BadRequest("temperature is below absolute zero.", "temperature");
  const epoch = number(event, "epoch");
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > LAST_EPOCH) {
    throw new BadRequest("epoch is not a whole number of seconds since 1970.", "epoch");
  }
  return { id, sensor_id: sensorId, temperature, epoch };
}

function uuid(event: Readonly<Record<string, unknown>>, field: string): string {
  const value = required(event, field);
  if (typeof value === "string" && UUID.test(value)) return value.toLowerCase();
  throw new BadRequest(`${field} is not a UUID.`, field);
}

function number(event: Readonly<Record<string, unknown>>, field: string): number {
  const value = required(event, field);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new BadRequest(`${field} is not a number.`, field);
}

function required(event: Readonly<Record<string, unknown>>, field: string): unknown {
  const value = event[field];
  if (value === undefined || value === null) throw new BadRequest(`${field} is missing.`, field);
  return value;
}

export const storedEvent = (event: SensorEvent, receivedAt: Date): StoredEvent => ({
  ...event,
  received_at: receivedAt.toISOString(),
  temperature_celsius: event.temperature,
  temperature_fahrenheit: Math.round((event.temperature * 1.8 + 32) * 100) / 100,
});

/** Sensor, then time, then event: one sensor's events list in order, and an event that comes again is the same object. */
export function keyOf({ sensor_id: sensorId, epoch, id }: SensorEvent): string {
  const [day = "", time = ""] = new Date(epoch * 1000).toISOString().slice(0, 19).split("T");
  return `events/${sensorId}/${day.replaceAll("-", "/")}/${time.replaceAll(":", "")}-${id}.json`;
}
