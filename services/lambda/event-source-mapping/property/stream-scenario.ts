import fc from "fast-check";
import { defaultSettings, type Settings, type StartingPosition } from "../model.ts";
import { poison, type Scenario, scenarioMembers, some } from "./scenario.ts";

/** A record to put. */
export interface NewRecord {
  readonly key: string;
  /** So many invocations with it fail. */
  readonly poison: number;
  readonly isMatched: boolean;
  /** Several of them do not fit into one event. */
  readonly isLarge: boolean;
}

export type StreamStep =
  | { readonly kind: "put"; readonly shard: number; readonly records: readonly NewRecord[] }
  | { readonly kind: "split" | "merge"; readonly shard: number }
  /** The stream is deleted; one of its name is made. */
  | { readonly kind: "delete" | "make again" }
  | { readonly kind: "reads fail"; readonly times: number; readonly error: string }
  | { readonly kind: "destination fails" | "checkpoints fail"; readonly times: number };

export interface StreamScenario extends Scenario<StreamStep> {
  readonly startingPosition: StartingPosition;
  /** Of AT_TIMESTAMP: how long before its making. */
  readonly timestampAgoMs: number;
  readonly shards: number;
  /** The stream of a DynamoDB table; else of Kinesis. */
  readonly isTable: boolean;
  /** Every so many answers hand on more than a tumbling window may keep; 0: none does. */
  readonly overfullEvery: number;
}

const BUCKET = "arn:aws:s3:::failures";
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:failures";
const DATA_FILTER = '{"data":{"isMatched":[true]}}';
const IMAGE_FILTER = '{"dynamodb":{"NewImage":{"isMatched":{"BOOL":[true]}}}}';
const TOPIC = "arn:aws:sns:us-east-1:000000000000:failures";

const updatable = {
  batchSize: some(1, 2, 3, 4, 5, 7, 10, 100),
  maximumBatchingWindowInSeconds: some(0, 0, 0, 1, 5, 60, 300),
  maximumRetryAttempts: some(-1, 0, 1, 2, 3),
  maximumRecordAgeInSeconds: some(-1, -1, 60, 90, 600),
  bisectBatchOnFunctionError: fc.boolean(),
  reportBatchItemFailures: fc.boolean(),
  parallelizationFactor: some(1, 1, 1, 2, 3, 10),
  tumblingWindowInSeconds: some(0, 0, 0, 10, 60, 300),
  filters: some<readonly string[]>([], [], [DATA_FILTER]),
};

const settings = fc
  .record({ ...updatable, destination: some(undefined, BUCKET, BUCKET, QUEUE, TOPIC) })
  .map(({ destination, ...chosen }): Settings => ({
    ...defaultSettings,
    ...chosen,
    ...(destination !== undefined && { onFailureDestination: destination }),
  }));

/** What of it may be together, and is meant for this kind of stream. */
export function fittingSettings({ filters = [], ...chosen }: Settings, isTable: boolean): Settings {
  const { parallelizationFactor, tumblingWindowInSeconds = 0, onFailureDestination } = chosen;
  const pattern = isTable ? IMAGE_FILTER : DATA_FILTER;
  // one batch of a shard after the other: each hands on to the next
  const lanes = tumblingWindowInSeconds > 0 ? 1 : parallelizationFactor;
  // what goes to a queue or a topic does not say which records between first and last it is about
  const destination = lanes > 1 && onFailureDestination !== undefined ? BUCKET : onFailureDestination;
  return {
    ...chosen,
    parallelizationFactor: lanes,
    ...(destination !== undefined && { onFailureDestination: destination }),
    ...(filters.length > 0 && { filters: [pattern] }),
  };
}

const shard = fc.nat(7);
const recordsOf = (mayBeLarge: boolean) =>
  fc.array(
    fc.record({
      key: some("a", "b", "c", "d"),
      poison,
      isMatched: some(true, true, true, false),
      isLarge: mayBeLarge ? some(true, true, false) : fc.constant(false),
    }),
    { minLength: 1, maxLength: 8 },
  );
const times = fc.integer({ min: 1, max: 4 });
const error = some(
  "ProvisionedThroughputExceededException",
  "InternalFailure",
  "ExpiredIteratorException",
  "AccessDeniedException",
);

/** More than is read ahead, all of one key, whose first record fails for ever. */
const backlog = fc.record({ key: some("a", "b"), count: some(200, 1300) }).map(({ key, count }): NewRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key,
    poison: index === 0 ? 99 : 0,
    isMatched: true,
    isLarge: false,
  })),
);

const stepOf = (mayBeLarge: boolean): fc.Arbitrary<StreamStep> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.record({ kind: fc.constant("put"), shard, records: recordsOf(mayBeLarge) }) },
    { weight: mayBeLarge ? 0 : 1, arbitrary: fc.record({ kind: fc.constant("put"), shard, records: backlog }) },
    { weight: 8, arbitrary: fc.record({ kind: some("split", "merge"), shard }) },
    { weight: 1, arbitrary: fc.record({ kind: some("delete", "make again", "make again") }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("reads fail"), times, error }) },
    { weight: 6, arbitrary: fc.record({ kind: some("destination fails", "checkpoints fail"), times }) },
  );

const WAITS_MS = [1, 100, 500, 1000, 5000, 20_000, 60_000, 61_000, 290_000, 301_000, 3_600_000, 90_000_000];

const scenariosOf = (mayBeLarge: boolean): fc.Arbitrary<StreamScenario> =>
  fc
    .record({
      ...scenarioMembers(settings, stepOf(mayBeLarge), updatable, WAITS_MS),
      startingPosition: some("TRIM_HORIZON", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"),
      timestampAgoMs: some(0, 1000, 60_000),
      shards: some(1, 1, 1, 2, 3),
      isTable: some(false, false, true),
      overfullEvery: some(0, 0, 0, 0, 0, 0, 0, 0, 2, 3),
    })
    .map((scenario) => ({
      ...scenario,
      settings: fittingSettings(scenario.settings, scenario.isTable),
      // streams of tables have no timestamps to begin at, and tell time in seconds: LATEST after a kill is not told apart here
      ...(scenario.isTable && { startingPosition: "TRIM_HORIZON" }),
    }));

/** Few scenarios have large records at all: they take long. */
export const streamScenarios: fc.Arbitrary<StreamScenario> = fc.oneof(
  { weight: 60, arbitrary: scenariosOf(false) },
  { weight: 1, arbitrary: scenariosOf(true) },
);
