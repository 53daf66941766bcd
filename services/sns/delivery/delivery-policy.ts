import { invalidParameter } from "../errors.ts";

type Backoff = "linear" | "arithmetic" | "geometric" | "exponential";

/** How often, and how long after each other, a delivery to an HTTP endpoint is tried again. Delays are in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: Backoff;
}

export interface HttpPolicy {
  readonly retry: RetryPolicy;
  /** Deliveries a second that the endpoint gets at most. */
  readonly maxReceivesPerSecond?: number;
  readonly contentType: string;
}

type Json = Record<string, unknown>;

const DEFAULT_RETRY: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};
const DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8";
const BACKOFFS: readonly unknown[] = ["linear", "arithmetic", "geometric", "exponential"];
const LONGEST_SECONDS = 3600;
const MOST_RETRIES = 100;

/** @throws InvalidParameter for a topic's `DeliveryPolicy`: `{ http: { defaultHealthyRetryPolicy, ... } }` */
export function checkTopicPolicy(text: string, prefix = ""): void {
  const complain = (what: string) => invalidParameter(`${prefix}DeliveryPolicy: ${what}`);
  const { http = {}, ...rest } = parse(text, complain);
  refuseOthers(rest, complain);
  const {
    defaultHealthyRetryPolicy,
    defaultThrottlePolicy,
    defaultRequestPolicy,
    disableSubscriptionOverrides,
    ...more
  } = objectOf(http, "http", complain);
  refuseOthers(more, complain);
  if (disableSubscriptionOverrides !== undefined && typeof disableSubscriptionOverrides !== "boolean") {
    throw complain("http.disableSubscriptionOverrides must be a boolean");
  }
  checkRetry(defaultHealthyRetryPolicy, "http.defaultHealthyRetryPolicy", complain);
  checkThrottle(defaultThrottlePolicy, "http.defaultThrottlePolicy", complain);
  checkRequest(defaultRequestPolicy, "http.defaultRequestPolicy", complain);
}

/** @throws InvalidParameter for a subscription's `DeliveryPolicy`: `{ healthyRetryPolicy, throttlePolicy, requestPolicy }` */
export function checkSubscriptionPolicy(text: string, prefix = ""): void {
  const complain = (what: string) => invalidParameter(`${prefix}DeliveryPolicy: ${what}`);
  const { healthyRetryPolicy, throttlePolicy, requestPolicy, sicklyRetryPolicy, guaranteed, ...rest } = parse(
    text,
    complain,
  );
  if (sicklyRetryPolicy !== undefined && sicklyRetryPolicy !== null)
    throw complain("sicklyRetryPolicy is not supported");
  if (guaranteed === true) throw complain("guaranteed is not supported");
  refuseOthers(rest, complain);
  checkRetry(healthyRetryPolicy, "healthyRetryPolicy", complain);
  checkThrottle(throttlePolicy, "throttlePolicy", complain);
  checkRequest(requestPolicy, "requestPolicy", complain);
}

/** What `EffectiveDeliveryPolicy` of a topic answers. */
export function effectiveTopicPolicy(text: string | undefined): string {
  const { http = {} } = text === undefined ? {} : (JSON.parse(text) as { http?: Json });
  const throttle = http.defaultThrottlePolicy;
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: { ...DEFAULT_RETRY, ...(http.defaultHealthyRetryPolicy as Partial<RetryPolicy>) },
      disableSubscriptionOverrides: http.disableSubscriptionOverrides ?? false,
      ...(throttle !== undefined && { defaultThrottlePolicy: throttle }),
      defaultRequestPolicy: { headerContentType: DEFAULT_CONTENT_TYPE, ...(http.defaultRequestPolicy as Json) },
    },
  });
}

/** What `EffectiveDeliveryPolicy` of an HTTP subscription answers. */
export function effectiveSubscriptionPolicy(topic: string | undefined, subscription: string | undefined): string {
  const { retry, maxReceivesPerSecond, contentType } = httpPolicy(topic, subscription);
  return JSON.stringify({
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: null,
    throttlePolicy: maxReceivesPerSecond === undefined ? null : { maxReceivesPerSecond },
    requestPolicy: { headerContentType: contentType },
    guaranteed: false,
  });
}

/** The policy in force for a subscription: its own over its topic's over SNS's. */
export function httpPolicy(topic: string | undefined, subscription: string | undefined): HttpPolicy {
  const { http } = JSON.parse(effectiveTopicPolicy(topic)) as { http: Json };
  const own = subscription === undefined || http.disableSubscriptionOverrides ? {} : (JSON.parse(subscription) as Json);
  const throttle = { ...(http.defaultThrottlePolicy as Json), ...(own.throttlePolicy as Json) };
  const request = { ...(http.defaultRequestPolicy as Json), ...(own.requestPolicy as Json) };
  return {
    retry: {
      ...(http.defaultHealthyRetryPolicy as RetryPolicy),
      ...(own.healthyRetryPolicy as Partial<RetryPolicy> | undefined),
    },
    ...(typeof throttle.maxReceivesPerSecond === "number" && { maxReceivesPerSecond: throttle.maxReceivesPerSecond }),
    contentType: String(request.headerContentType),
  };
}

/** The delays before the retries of a policy, in milliseconds: one for each retry. */
export function retryDelays(policy: RetryPolicy): number[] {
  const { minDelayTarget: low, maxDelayTarget: high, numRetries } = policy;
  const { numNoDelayRetries: none, numMinDelayRetries: short, numMaxDelayRetries: long } = policy;
  const backoffs = Math.max(0, numRetries - none - short - long);
  const seconds = [
    ...Array.from({ length: none }, () => 0),
    ...Array.from({ length: short }, () => low),
    ...Array.from({ length: backoffs }, (_, index) => backoff(policy.backoffFunction, low, high, index, backoffs)),
    ...Array.from({ length: long }, () => high),
  ];
  return seconds.slice(0, numRetries).map((each) => Math.round(each * 1000));
}

/** The delay of one of `count` retries between two delays. AWS draws these curves and gives no formula. */
function backoff(kind: Backoff, low: number, high: number, index: number, count: number): number {
  const part = count > 1 ? index / (count - 1) : 0;
  switch (kind) {
    case "linear":
      return low + (high - low) * part;
    case "arithmetic":
      return low + ((high - low) * part * (index + 1)) / count;
    case "geometric":
      return low * (high / low) ** part;
    case "exponential":
      return Math.min(high, low * 2 ** index);
  }
}

/** Endpoints that AWS runs: three retries at once, two a second apart, ten up to 20 seconds apart, 100,000 every 20 seconds. */
export function managedRetryDelay(attempts: number): number | undefined {
  if (attempts <= 3) return 0;
  if (attempts <= 5) return 1_000;
  if (attempts <= 15) return Math.min(20_000, 1_000 * 2 ** (attempts - 6));
  return attempts <= 100_015 ? 20_000 : undefined;
}

type Complain = (what: string) => Error;

function parse(text: string, complain: Complain): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // complained of below
  }
  throw complain("failed to parse JSON.");
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function objectOf(value: unknown, path: string, complain: Complain): Json {
  if (!isObject(value)) throw complain(`${path} must be an object`);
  return value;
}

function refuseOthers(rest: Json, complain: Complain): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw complain(`Unrecognized member ${name}`);
}

function checkRetry(value: unknown, path: string, complain: Complain): void {
  if (value === undefined || value === null) return;
  const { backoffFunction, ...numbers } = objectOf(value, path, complain);
  const merged = { ...DEFAULT_RETRY, ...numbers };
  refuseOthers(Object.fromEntries(Object.entries(numbers).filter(([name]) => !(name in DEFAULT_RETRY))), complain);
  for (const [name, number] of Object.entries(numbers)) {
    const isDelay = name.endsWith("Target");
    const [least, most] = isDelay ? [1, LONGEST_SECONDS] : [0, MOST_RETRIES];
    if (typeof number !== "number" || !Number.isInteger(number) || number < least || number > most) {
      throw complain(`${path}.${name} must be between ${least} and ${most}`);
    }
  }
  if (backoffFunction !== undefined && !BACKOFFS.includes(backoffFunction)) {
    throw complain(`${path}.backoffFunction must be one of ${BACKOFFS.join(", ")}`);
  }
  if (merged.minDelayTarget > merged.maxDelayTarget) {
    throw complain(`${path}.minDelayTarget must be less than or equal to maxDelayTarget`);
  }
  if (merged.numNoDelayRetries + merged.numMinDelayRetries + merged.numMaxDelayRetries > merged.numRetries) {
    throw complain(
      `${path}.numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries`,
    );
  }
  const policy = { ...merged, ...(backoffFunction !== undefined && { backoffFunction: backoffFunction as Backoff }) };
  const seconds = retryDelays(policy).reduce((sum, delay) => sum + delay, 0) / 1000;
  if (seconds > LONGEST_SECONDS)
    throw complain(`${path}: the total time of all retries must not exceed ${LONGEST_SECONDS} seconds`);
}

function checkThrottle(value: unknown, path: string, complain: Complain): void {
  if (value === undefined || value === null) return;
  const { maxReceivesPerSecond, ...rest } = objectOf(value, path, complain);
  refuseOthers(rest, complain);
  if (maxReceivesPerSecond === undefined) return;
  if (typeof maxReceivesPerSecond !== "number" || !Number.isInteger(maxReceivesPerSecond) || maxReceivesPerSecond < 1) {
    throw complain(`${path}.maxReceivesPerSecond must be greater than or equal to 1`);
  }
}

const CONTENT_TYPES = [
  "text/css", "text/csv", "text/html", "text/plain", "text/xml", "application/atom+xml", "application/json",
  "application/octet-stream", "application/soap+xml", "application/x-www-form-urlencoded", "application/xhtml+xml",
  "application/xml",
]; // oxfmt-ignore

function checkRequest(value: unknown, path: string, complain: Complain): void {
  if (value === undefined || value === null) return;
  const { headerContentType, ...rest } = objectOf(value, path, complain);
  refuseOthers(rest, complain);
  if (headerContentType === undefined) return;
  const type =
    typeof headerContentType === "string" ? headerContentType.split(";")[0]?.trim().toLowerCase() : undefined;
  if (type === undefined || !CONTENT_TYPES.includes(type)) throw complain(`${path}.headerContentType is not supported`);
}
