import { loadConfig } from "@smithy/core/config";
import {
  AdaptiveRetryStrategy,
  isThrottlingError,
  NODE_MAX_ATTEMPT_CONFIG_OPTIONS,
  NODE_RETRY_MODE_CONFIG_OPTIONS,
  RETRY_MODES,
  StandardRetryStrategy,
} from "@smithy/core/retry";
import type { RetryErrorInfo, RetryStrategyV2, RetryToken, SdkError } from "@smithy/types";

/** Enough for throttling that lasts a minute: the pauses grow to 20 seconds. */
const MOST_ATTEMPTS = 10;

/** An account without a network is told soon. */
const MOST_ATTEMPTS_WITHOUT_PATIENCE = 3;

/** From this attempt on the user hears of it. */
const TOLD_ATTEMPT = 4;

/**
 * Whether there were too many calls for now. The SDK takes LimitExceededException for that, by which some services mean a
 * quota that no patience helps against.
 */
export const isThrottled = (error: SdkError): boolean =>
  isThrottlingError(error) && (error.name !== "LimitExceededException" || /\brate\b/i.test(error.message));

/**
 * How calls are tried again: patiently where the account is throttled, which is told while it goes on.
 * AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, or the profile, say otherwise.
 */
export async function patientRetries(tell: (line: string) => void): Promise<RetryStrategyV2> {
  const most = await loadConfig({ ...NODE_MAX_ATTEMPT_CONFIG_OPTIONS, default: MOST_ATTEMPTS })();
  const mode = await loadConfig(NODE_RETRY_MODE_CONFIG_OPTIONS)();
  const attempts = () => Promise.resolve(most);
  const strategy: RetryStrategyV2 =
    mode === String(RETRY_MODES.ADAPTIVE) ? new AdaptiveRetryStrategy(attempts) : new StandardRetryStrategy(attempts);
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    recordSuccess: (token) => strategy.recordSuccess(token),
    refreshRetryTokenForRetry(token: RetryToken, failure: RetryErrorInfo) {
      const next = token.getRetryCount() + 2;
      const isPatient = failure.error !== undefined && isThrottled(failure.error);
      if (!isPatient && next > MOST_ATTEMPTS_WITHOUT_PATIENCE) return Promise.reject(new Error("given up"));
      if (isPatient && next >= TOLD_ATTEMPT && next <= most) {
        const reason = failure.error?.message || failure.error?.name;
        tell(`AWS takes no more calls for now (${reason}): attempt ${next} of ${most} in a moment.`);
      }
      return strategy.refreshRetryTokenForRetry(token, failure);
    },
  };
}
