import type { Call } from "../../../emulator/model/context.ts";
import { LAMBDA_FAILURES } from "../delivery/error-texts.ts";
import type { KinesisPlace } from "../model.ts";
import { keysOf } from "./metadata.ts";
import { isAlive, type Failure, type Item } from "./item.ts";

export interface TransformScope {
  readonly lambdaArn: string;
  readonly retries: number;
  /** Of one invocation. */
  readonly mostBytes: number;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly sourceStreamArn?: string;
  readonly call: Call;
  readonly now: () => number;
  readonly uuid: () => string;
  /** Rejects when the stream goes away. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly onAttempt: (attempt: Attempted) => void;
  /** What is wrong with an answer of the function, once for all records that it befalls. */
  readonly onAnswer: (problem: Problem) => void;
}

interface Attempted {
  readonly durationMs: number;
  readonly failure?: Problem;
  /** Why the function could not be invoked. */
  readonly cause?: Error | undefined;
}

/** A code and a text of Firehose's. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Beside its data, what the event says of a record, and of its place in a Kinesis stream beside the partition key. */
const RECORD_OVERHEAD_BYTES = 300;
const PLACE_OVERHEAD_BYTES = 250;

/**
 * Has the function transform the records, in as many invocations as its buffer size asks for, and notes in each record what
 * the function answered.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
 */
export async function transform(scope: TransformScope, items: readonly Item[]): Promise<void> {
  await Promise.all(batches(items.filter(isAlive), scope.mostBytes).map((batch) => transformBatch(scope, batch)));
}

function batches(items: readonly Item[], mostBytes: number): Item[][] {
  const out: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const { data, place } = item;
    const placeBytes = place ? PLACE_OVERHEAD_BYTES + Buffer.byteLength(place.partitionKey) : 0;
    const size = data.byteLength + RECORD_OVERHEAD_BYTES + placeBytes;
    const batch = out.at(-1);
    if (batch === undefined || bytes + size > mostBytes) {
      out.push([item]);
      bytes = size;
    } else {
      batch.push(item);
      bytes += size;
    }
  }
  return out;
}

async function transformBatch(scope: TransformScope, batch: readonly Item[]): Promise<void> {
  let attempts = 0;
  for (;;) {
    attempts++;
    const answer = await attempt(scope, batch);
    if (answer.problem === undefined) return settle(scope, batch, answer.payload, attempts);
    if (attempts > scope.retries) {
      const failure = failureOf(scope, answer.problem, attempts);
      for (const item of batch) item.failure = failure;
      return;
    }
    await scope.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS));
  }
}

type Attempt =
  | { readonly problem: Problem; readonly cause?: Error }
  | { readonly problem?: undefined; readonly payload: Uint8Array };

async function attempt(scope: TransformScope, batch: readonly Item[]): Promise<Attempt> {
  const startedAt = scope.now();
  const answer = await invoke(scope, batch);
  const durationMs = scope.now() - startedAt;
  scope.onAttempt(answer.problem ? { durationMs, failure: answer.problem, cause: answer.cause } : { durationMs });
  return answer;
}

async function invoke(scope: TransformScope, batch: readonly Item[]): Promise<Attempt> {
  try {
    const { FunctionError, Payload } = await scope.call("lambda", "Invoke", {
      FunctionName: scope.lambdaArn,
      InvocationType: "RequestResponse",
      Payload: Buffer.from(JSON.stringify(eventOf(scope, batch))),
    });
    if (FunctionError !== undefined) return { problem: LAMBDA_FAILURES.functionError };
    return { payload: Payload ?? new Uint8Array() };
  } catch (error) {
    return { problem: problemOf(error as Error), cause: error as Error };
  }
}

function problemOf(error: Error): Problem {
  switch (error.name) {
    case "ResourceNotFoundException":
      return LAMBDA_FAILURES.notFound;
    case "TooManyRequestsException":
      return LAMBDA_FAILURES.limitExceeded;
    case "AccessDenied":
      return LAMBDA_FAILURES.assumeRoleDenied;
    case "AccessDeniedException":
      return LAMBDA_FAILURES.invokeDenied;
    default:
      return { code: `Lambda.${error.name}`, message: error.message };
  }
}

/** The event of an invocation; every attempt has an id of its own. */
function eventOf(scope: TransformScope, batch: readonly Item[]): object {
  return {
    invocationId: scope.uuid(),
    ...(scope.sourceStreamArn !== undefined && { sourceKinesisStreamArn: scope.sourceStreamArn }),
    deliveryStreamArn: scope.deliveryStreamArn,
    region: scope.region,
    records: batch.map(({ id, data, arrivedAt, place }) => ({
      recordId: id,
      approximateArrivalTimestamp: arrivedAt,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
      ...(place && { kinesisRecordMetadata: metadataOf(place, arrivedAt) }),
    })),
  };
}

const metadataOf = ({ sequenceNumber, subsequenceNumber, partitionKey, shardId }: KinesisPlace, arrivedAt: number) => ({
  sequenceNumber,
  subsequenceNumber,
  partitionKey,
  shardId,
  approximateArrivalTimestamp: arrivedAt,
});

interface Result {
  readonly recordId: string;
  readonly result: "Ok" | "Dropped" | "ProcessingFailed";
  readonly data?: unknown;
  readonly metadata?: unknown;
}

function settle(scope: TransformScope, batch: readonly Item[], payload: Uint8Array, attempts: number): void {
  const results = readResults(payload);
  const problems = new Set<Problem>();
  const failWith = (problem: Problem) => {
    problems.add(problem);
    return failureOf(scope, problem, attempts);
  };
  for (const item of batch) {
    const [result, ...others] = results?.get(item.id) ?? [];
    if (results === undefined) item.failure = failWith(LAMBDA_FAILURES.unreadable);
    else if (result === undefined) item.failure = failWith(LAMBDA_FAILURES.missingRecordId);
    else if (others.length > 0) item.failure = failWith(LAMBDA_FAILURES.duplicatedRecordId);
    else apply(item, result, failWith);
  }
  // of a record that it gave up itself, the function tells in its own log
  problems.delete(LAMBDA_FAILURES.processingFailed);
  for (const problem of problems) scope.onAnswer(problem);
}

/** By record id; undefined where the answer is not of the form that it has to have. Unknown ids do no harm. */
function readResults(payload: Uint8Array): Map<string, Result[]> | undefined {
  const results = new Map<string, Result[]>();
  try {
    const { records } = Object(JSON.parse(Buffer.from(payload).toString("utf8"))) as { records?: unknown };
    if (!Array.isArray(records)) return undefined;
    for (const record of records as unknown[]) {
      const { recordId, result } = Object(record) as Partial<Result>;
      const isKnown = result === "Ok" || result === "Dropped" || result === "ProcessingFailed";
      if (typeof recordId !== "string" || !isKnown) return undefined;
      const same = results.get(recordId);
      if (same) same.push(record as Result);
      else results.set(recordId, [record as Result]);
    }
    return results;
  } catch {
    return undefined;
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function apply(item: Item, { result, data, metadata }: Result, failWith: (problem: Problem) => Failure): void {
  if (result === "Dropped") item.isDropped = true;
  else if (result === "ProcessingFailed") item.failure = failWith(LAMBDA_FAILURES.processingFailed);
  else if (typeof data !== "string") item.failure = failWith(LAMBDA_FAILURES.unreadable);
  else if (!BASE64.test(data)) item.failure = failWith(LAMBDA_FAILURES.notBase64);
  else {
    item.data = Buffer.from(data, "base64");
    const keys = keysOf((Object(metadata) as { partitionKeys?: unknown }).partitionKeys);
    if (keys) item.lambdaKeys = keys;
  }
}

const failureOf = ({ lambdaArn, now }: TransformScope, { code, message }: Problem, attempts: number): Failure => ({
  type: "processing-failed",
  code,
  message,
  attempts,
  endedAt: now(),
  lambdaArn,
});
