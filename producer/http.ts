import { setTimeout as delay } from "node:timers/promises";

/** A request that goes again on its own when the other side asks for patience or is away. */
export interface PatientRequest {
  readonly url: string | URL;
  readonly init?: RequestInit;
  /** How long to go on with attempts, in milliseconds. */
  readonly patienceMs: number;
  /** Status codes that are worth another attempt. */
  readonly retriedStatuses: ReadonlySet<number>;
  /** Ends waits and attempts. */
  readonly signal?: AbortSignal;
  /** Told of each attempt that is followed by another one; `answered` is false when no answer came, so that nobody knows. */
  readonly onRetry?: (why: { readonly reason: string; readonly answered: boolean }) => void;
}

const ATTEMPT_TIMEOUT_MS = 30_000;
const BACKOFF_BASE_MS = 100;
const BACKOFF_CAP_MS = 5000;
/** The longest wait that a Retry-After header may ask for. */
const RETRY_AFTER_CAP_MS = 60_000;

/** 429 and what a server answers when it is not well. */
export const THROTTLED_OR_AWAY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * The answer of the first attempt that is not worth another, or of the last one. Waits grow with each attempt, with full
 * jitter; a Retry-After header is heeded.
 * @throws what the last attempt failed with, when no answer came at all
 */
export async function patientFetch(request: PatientRequest): Promise<Response> {
  const { url, init, patienceMs, retriedStatuses, signal, onRetry } = request;
  const deadlineMs = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    let response: Response | undefined;
    try {
      const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
      response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      if (!retriedStatuses.has(response.status) || performance.now() > deadlineMs) return response;
    } catch (error) {
      if (signal?.aborted || performance.now() > deadlineMs) throw error;
    }
    onRetry?.({ reason: response ? `HTTP ${response.status}` : "no answer", answered: response !== undefined });
    // an answer that nobody reads would hold its connection
    await response?.body?.cancel();
    await delay(waitMs(attempt, response), undefined, { signal });
  }
}

function waitMs(attempt: number, response: Response | undefined): number {
  const after = response?.headers.get("retry-after");
  const seconds = after === null || after === undefined ? NaN : Number(after);
  if (Number.isFinite(seconds)) return Math.min(RETRY_AFTER_CAP_MS, seconds * 1000);
  return Math.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt);
}
