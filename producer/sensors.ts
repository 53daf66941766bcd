import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inParallel, type Posted, Poster } from "./poster.ts";
import type { SensorEvent } from "../handlers/sensors/sensor-event.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";
import { Tally } from "./tally.ts";

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
  readonly #tally = new Tally();

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
    return this.#tally.with(this.#poster.stats);
  }

  get fraction(): number {
    return this.#tally.read / this.#options.events;
  }

  async run(): Promise<void> {
    const { events, workers, maxDelaySeconds, signal, onPosted } = this.#options;
    try {
      await inParallel(readings(events), workers, signal, async (make) => {
        await delay(Math.random() * maxDelaySeconds * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        const event = make();
        this.#tally.read++;
        const posted = await this.#poster.post(JSON.stringify(event));
        onPosted?.(event, posted);
      });
    } catch (error) {
      // events that were being tried again when the run was ended are not sent
      if (!signal.aborted) throw error;
    } finally {
      this.#tally.end();
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
