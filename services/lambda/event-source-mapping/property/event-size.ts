import { Violation } from "./violation.ts";

/** What a function takes at a time. */
export const MOST_BYTES = 6 * 1024 * 1024;

/** @throws Violation for an event that no function takes, unless it has one record only */
export function requireSize(event: unknown, identifiers: readonly string[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes <= MOST_BYTES || identifiers.length <= 1) return;
  throw new Violation(`${identifiers.join(" ")}: the event has ${bytes} bytes`);
}
