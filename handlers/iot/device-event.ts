/** What a device sends. */
export interface DeviceEvent {
  readonly event_id: string;
  readonly device_id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly temperature_celsius: number;
  readonly humidity_percent: number;
  readonly battery_percent: number;
}

const TEXTS = ["event_id", "device_id", "timestamp"] as const;
const NUMBERS = ["temperature_celsius", "humidity_percent", "battery_percent"] as const;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The events of one record: devices send one, or several as an array.
 * @throws Error that says what is malformed
 */
export function decodeEvents(data: string): readonly DeviceEvent[] {
  const value: unknown = JSON.parse(utf8.decode(Buffer.from(data, "base64")));
  const events: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (events.length === 0) throw new Error("no events");
  return events.map(deviceEventOf);
}

function deviceEventOf(value: unknown): DeviceEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object");
  const event = value as Record<string, unknown>;
  for (const name of TEXTS) {
    if (typeof event[name] !== "string" || event[name] === "") throw new Error(`no ${name}`);
  }
  if (Number.isNaN(Date.parse(event["timestamp"] as string))) throw new Error("timestamp is no time");
  for (const name of NUMBERS) {
    if (typeof event[name] !== "number") throw new Error(`${name} is no number`);
  }
  return event as unknown as DeviceEvent;
}

/** Each event on a line of its own. */
export const linesOf = (events: readonly DeviceEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");
