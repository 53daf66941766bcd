import { retentionTooLong, retentionTooShort } from "./errors.ts";

/** A day to a year. */
const SHORTEST_HOURS = 24;
const LONGEST_HOURS = 8760;

/** @throws InvalidArgumentException */
export function requireRetention(hours: number): void {
  if (hours < SHORTEST_HOURS) throw retentionTooShort(hours);
  if (hours > LONGEST_HOURS) throw retentionTooLong(hours);
}
