import { patientFetch, THROTTLED_OR_AWAY } from "./http.ts";

export interface PosterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the patience: what is under way is finished, nothing is tried again. */
  readonly signal: AbortSignal;
  /** Told now and then why events are sent again. */
  readonly onTrouble?: (reason: string) => void;
}

/** What became of one event. */
export interface Posted {
  readonly status: number;
  readonly body: string;
  readonly milliseconds: number;
  readonly attempts: number;
}

/** How long the API may be away or throttle. */
const PATIENCE_MS = 120_000;
/** A line about trouble every so often, however many events are in it. */
const TROUBLE_EVERY_MS = 3000;

/**
 * POSTs events as JSON, each again while the API asks for patience (429) or is not well (5xx). What it refuses otherwise is
 * refused for good.
 */
export class Poster {
  readonly stats = { sent: 0, retried: 0, uncertain: 0, refused: 0 };
  readonly #options: PosterOptions;
  #toldAtMs = -Infinity;

  constructor(options: PosterOptions) {
    this.#options = options;
  }

  /** @param count how many events the body holds */
  async post(body: string, count = 1): Promise<Posted> {
    const { url, headers, signal } = this.#options;
    const startMs = performance.now();
    let attempts = 1;
    let isUncertain = false;
    const answer = await patientFetch({
      url,
      init: { method: "POST", headers: { "content-type": "application/json", ...headers }, body },
      patienceMs: PATIENCE_MS,
      retriedStatuses: THROTTLED_OR_AWAY,
      signal,
      abortsAttempt: false,
      onRetry: ({ reason, answered }) => {
        // a throttled event waits for its turn: that is no trouble
        if (reason !== "HTTP 429") this.#tell(reason);
        attempts++;
        this.stats.retried += count;
        if (!answered) isUncertain = true;
      },
    });
    if (isUncertain) this.stats.uncertain += count;
    this.stats[answer.ok ? "sent" : "refused"] += count;
    return { status: answer.status, body: answer.body, milliseconds: performance.now() - startMs, attempts };
  }

  #tell(reason: string): void {
    if (performance.now() - this.#toldAtMs < TROUBLE_EVERY_MS) return;
    this.#toldAtMs = performance.now();
    this.#options.onTrouble?.(`${new URL(this.#options.url).origin} answers ${reason}: tried again`);
  }
}

/** Runs `work` for every item of a source, in so many workers that each take the next one. Stops taking when aborted. */
export async function inParallel<T>(
  source: AsyncIterable<T>,
  workers: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const items = source[Symbol.asyncIterator]();
  let isOver = false;
  const worker = async () => {
    while (!isOver && !signal.aborted) {
      const { done, value } = await items.next();
      if (done) return;
      await work(value);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, worker));
  } finally {
    isOver = true;
    await items.return?.();
  }
}
