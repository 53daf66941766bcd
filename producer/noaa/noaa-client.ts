import { patientFetch } from "../http.ts";
import { Pacer } from "../rate.ts";
import { NoaaError, type SourceOptions } from "./source.ts";

/** A token's limit of Climate Data Online. The newer service states none; politeness is the same. */
const REQUESTS_PER_SECOND = 5;
const PATIENCE_MS = 60_000;
const RETRIED = new Set([429, 503]);

/** Asks one of NOAA's services for JSON: not too often, and again where it asks for patience. */
export class NoaaClient {
  readonly #service: string;
  readonly #options: SourceOptions;
  readonly #pacer = new Pacer(REQUESTS_PER_SECOND);

  /** @param service what errors call it */
  constructor(service: string, options: SourceOptions) {
    this.#service = service;
    this.#options = options;
  }

  /** @throws NoaaError for an answer that nobody can go on with */
  async get(path: string, query: readonly (readonly [string, string])[], init?: RequestInit): Promise<unknown> {
    const url = new URL(path, this.#options.url);
    for (const [name, value] of query) url.searchParams.append(name, value);
    const { signal, onRetry } = this.#options;
    await this.#pacer.next(signal);
    const { ok, status, body } = await patientFetch({
      url,
      init,
      patienceMs: PATIENCE_MS,
      retriedStatuses: RETRIED,
      signal,
      abortsAttempt: true,
      onRetry: ({ reason }) => onRetry?.(reason),
    });
    if (!ok) throw new NoaaError(`${this.#service}: HTTP ${status}: ${excerpt(body)}`);
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw new NoaaError(`${this.#service}: no JSON but ${excerpt(body)}`);
    }
  }
}

/** The beginning of an answer that is no data. */
const excerpt = (text: string): string =>
  text
    .replaceAll(/<[^>]*>|\s+/g, " ")
    .trim()
    .slice(0, 200);
