/** The time of the emulator. Nothing else in it asks the machine for the time of day. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
