import { patientFetch, THROTTLED_OR_AWAY } from "./http.ts";

export interface PosterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
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

/**
 * POSTs events as JSON, each again while the API asks for patience (429) or is not well (5xx). What it refuses otherwise is
 * refused for good.
 */
export class Poster {
  readonly stats = { sent: 0, retried: 0, uncertain: 0, refused: 0 };
  readonly #options: PosterOptions;

  constructor(options: PosterOptions) {
    this.#options = options;
  }

  /** @param count how many events the body holds */
  async post(body: string, count = 1): Promise<Posted> {
    const { url, headers } = this.#options;
    const startMs = performance.now();
    let attempts = 1;
    let isUncertain = false;
    const response = await patientFetch({
      url,
      init: { method: "POST", headers: { "content-type": "application/json", ...headers }, body },
      patienceMs: PATIENCE_MS,
      retriedStatuses: THROTTLED_OR_AWAY,
      onRetry: ({ answered }) => {
        attempts++;
        this.stats.retried += count;
        if (!answered) isUncertain = true;
      },
    });
    const text = await response.text();
    if (isUncertain) this.stats.uncertain += count;
    this.stats[response.ok ? "sent" : "refused"] += count;
    return { status: response.status, body: text, milliseconds: performance.now() - startMs, attempts };
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
