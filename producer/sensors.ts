import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inParallel, type Posted, Poster } from "./poster.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";

/** A reading, as the API takes it. */
export interface SensorEvent {
  readonly id: string;
  readonly sensor_id: string;
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Seconds since 1970. */
  readonly epoch: number;
}

export interface SensorsOptions {
  /** The stage of the API, without a slash at its end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Events in all, over all workers. */
  readonly events: number;
  readonly workers: number;
  /** Longest pause of a worker before an event, in seconds; pauses are random. */
  readonly maxDelaySeconds: number;
  readonly signal: AbortSignal;
  /** Told now and then why events are sent again. */
  readonly onTrouble?: (message: string) => void;
  readonly onPosted?: (event: SensorEvent, posted: Posted) => void;
}

/** Each worker speaks for a few sensors of its own. */
const SENSORS = 10;

/** Temperatures wander around that of a room. */
const MEAN_CELSIUS = 21;
const SPREAD_CELSIUS = 6;

/** One run: made-up readings, POSTed by parallel workers. */
export class SensorsRun implements ProducerRun {
  readonly unit = "event";
  readonly #options: SensorsOptions;
  readonly #poster: Poster;
  readonly #startMs = performance.now();
  #endMs: number | undefined;
  #read = 0;

  constructor(options: SensorsOptions) {
    this.#options = options;
    this.#poster = new Poster({
      url: `${options.apiUrl}/events`,
      headers: { "x-api-key": options.apiKey },
      signal: options.signal,
      onTrouble: options.onTrouble,
    });
  }

  get stats(): ProducerStats {
    const seconds = ((this.#endMs ?? performance.now()) - this.#startMs) / 1000;
    return { ...this.#poster.stats, read: this.#read, skipped: 0, seconds, isDone: this.#endMs !== undefined };
  }

  get fraction(): number {
    return this.#read / this.#options.events;
  }

  async run(): Promise<void> {
    const { events, workers, maxDelaySeconds, signal, onPosted } = this.#options;
    try {
      await inParallel(readings(events), workers, signal, async (make) => {
        await delay(Math.random() * maxDelaySeconds * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        const event = make();
        this.#read++;
        const posted = await this.#poster.post(JSON.stringify(event));
        onPosted?.(event, posted);
      });
    } catch (error) {
      // events that were being tried again when the run was ended are not sent
      if (!signal.aborted) throw error;
    } finally {
      this.#endMs = performance.now();
    }
  }
}

/** Readings are made when they are sent, so that their time is right. */
async function* readings(count: number): AsyncGenerator<() => SensorEvent, void> {
  const sensors = Array.from({ length: SENSORS }, () => randomUUID());
  for (let index = 0; index < count; index++) {
    yield () => ({
      id: randomUUID(),
      sensor_id: sensors[index % SENSORS]!,
      temperature: Math.round((MEAN_CELSIUS + (Math.random() - 0.5) * 2 * SPREAD_CELSIUS) * 100) / 100,
      epoch: Math.floor(Date.now() / 1000),
    });
  }
}
