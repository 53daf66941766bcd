import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "../handlers/until-stored.ts";

/** A request that goes again on its own when the other side asks for patience or is away. */
export interface PatientRequest {
  readonly url: string | URL;
  readonly init?: RequestInit;
  /** How long to go on with attempts, in milliseconds. */
  readonly patienceMs: number;
  /** Status codes that are worth another attempt. */
  readonly retriedStatuses: ReadonlySet<number>;
  /** Ends waits: no attempt follows. */
  readonly signal: AbortSignal;
  /** Whether the signal ends an attempt that is under way as well. */
  readonly abortsAttempt: boolean;
  /** Told of each attempt that is followed by another one; `answered` is false when no answer came, so that nobody knows. */
  readonly onRetry?: (why: { readonly reason: string; readonly answered: boolean }) => void;
}

const ATTEMPT_TIMEOUT_MS = 30_000;
/** The longest wait that a Retry-After header may ask for. */
const RETRY_AFTER_CAP_MS = 60_000;

/** 429 and what a server answers when it is not well. */
export const THROTTLED_OR_AWAY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** An answer, read to its end: one that breaks off is none. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly body: string;
}

/** Nobody answered, for as long as there was patience. The message says where and why. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * The answer of the first attempt that is not worth another, or of the last one. Waits grow with each attempt, with full
 * jitter; a Retry-After header is heeded.
 * @throws NoAnswer; TypeError for an URL that is none
 */
export async function patientFetch(request: PatientRequest): Promise<Answer> {
  const { patienceMs, retriedStatuses, signal, onRetry } = request;
  const url = new URL(request.url);
  const deadlineMs = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    let retryAfter: string | null = null;
    let answered = false;
    let reason: string;
    try {
      const { answer, headers } = await attemptOnce(url, request);
      if (!retriedStatuses.has(answer.status) || signal.aborted || performance.now() > deadlineMs) return answer;
      answered = true;
      retryAfter = headers.get("retry-after");
      reason = `HTTP ${answer.status}`;
    } catch (error) {
      reason = reasonOf(error);
      if (signal.aborted || performance.now() > deadlineMs) {
        throw new NoAnswer(`${url.origin} does not answer: ${reason}`);
      }
    }
    onRetry?.({ reason, answered });
    await delay(waitMs(attempt, retryAfter), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new NoAnswer(`${url.origin} was not asked again: ${reason}`);
  }
}

async function attemptOnce(url: URL, { init, signal, abortsAttempt }: PatientRequest) {
  const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  const response = await fetch(url, { ...init, signal: abortsAttempt ? AbortSignal.any([signal, timeout]) : timeout });
  const { status, ok, headers } = response;
  const answer: Answer = { status, ok, body: await response.text() };
  return { answer, headers };
}

/** `fetch failed` has its reason inside. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

function waitMs(attempt: number, retryAfter: string | null): number {
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.min(RETRY_AFTER_CAP_MS, seconds * 1000);
  return backoffMs(attempt);
}
