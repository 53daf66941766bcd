/** What is assumed of events and of how they are worked on. */
export const ASSUMED = {
  eventBytes: 1024,
  eventsABatch: 100,
  invocationSeconds: 0.1,
  logBytesAnInvocation: 1024,
  logBytesACall: 512,
} as const;

const BATCH = 1 / ASSUMED.eventsABatch;

export interface Workload {
  /** Calls of a function, writes to a table, objects in a bucket, calls of an API: for each event, by logical id. */
  readonly operations: Readonly<Record<string, number>>;
  /** Tables that are written to by TransactWriteItems. */
  readonly transactional?: readonly string[];
}

/** What differs from one operation an event, in each pipeline. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  rivers: {
    operations: {
      Function: BATCH,
      // rows of a batch are of some twenty counties
      CountsTable: 20 * BATCH,
      CheckpointsTable: BATCH,
      FailuresBucket: 0,
    },
    transactional: ["CountsTable", "CheckpointsTable"],
  },
  retail: { operations: { Archive: BATCH, RawBucket: BATCH, Store: BATCH, Query: 0, FailuresBucket: 0 } },
  weather: { operations: { Function: BATCH, FailuresBucket: 0 } },
  // Firehose gathers more than a stream's batch, and objects of megabytes
  iot: { operations: { Function: 1 / 1000, DataLakeBucket: 1 / 5000 } },
  sensors: { operations: {} },
};

export const workloadOf = (pipeline: string): Workload => WORKLOADS[pipeline] ?? { operations: {} };
