import type { Observation } from "../../handlers/weather/observation.ts";
import type { State } from "./states.ts";

/** Where both services are. */
export const NOAA_URL = "https://www.ncei.noaa.gov";

/** What is asked for: both days are included. */
export interface Period {
  readonly state: State;
  /** YYYY-MM-DD */
  readonly from: string;
  readonly to: string;
}

export interface SourceOptions {
  /** Where the service is: scheme and host; its paths are added. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Told of requests that are sent again. */
  readonly onRetry?: (reason: string) => void;
}

/** One of NOAA's services: gives observations day by day, those of one day at a time, as they arrive. */
export interface Source {
  readonly name: string;
  observations(period: Period): AsyncGenerator<readonly Observation[], void>;
}

/** NOAA answered what nobody can go on with: the message says what. */
export class NoaaError extends Error {
  override readonly name = "NoaaError";
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Cuts a period into pieces that a service answers in one request, or page by page: at most `days` each. */
export function* pieces(
  { from, to }: Pick<Period, "from" | "to">,
  days: number,
): Generator<{ from: string; to: string }> {
  const lastMs = Date.parse(to);
  for (let startMs = Date.parse(from); startMs <= lastMs; startMs += days * DAY_MS) {
    const endMs = Math.min(lastMs, startMs + (days - 1) * DAY_MS);
    yield { from: dayOf(startMs), to: dayOf(endMs) };
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
