import fc from "fast-check";
import { defaultQueueSettings, type Settings } from "../model.ts";
import type { QueueSettings } from "./fake-queue.ts";
import { poison, type Scenario, scenarioMembers, some } from "./scenario.ts";

/** A message to send. */
export interface NewMessage {
  /** Of a FIFO queue. */
  readonly group: string;
  /** So many invocations with it fail. */
  readonly poison: number;
  readonly isMatched: boolean;
  /** Of a FIFO queue: several of them do not fit into one event. */
  readonly isLarge: boolean;
}

export type QueueStep =
  | { readonly kind: "send"; readonly messages: readonly NewMessage[] }
  | { readonly kind: "receives fail" | "deletes fail"; readonly times: number };

export interface QueueScenario extends Scenario<QueueStep> {
  readonly queue: QueueSettings;
}

const FILTERS = ['{"body":{"isMatched":[true]}}'];

const updatable = {
  batchSize: some(1, 2, 3, 5, 10),
  reportBatchItemFailures: fc.boolean(),
  maximumConcurrency: some(undefined, 2, 3),
};

const settings = fc
  .record({ ...updatable, filters: some(undefined, FILTERS) })
  .map(({ filters, ...chosen }): Settings => ({
    ...defaultQueueSettings,
    ...chosen,
    ...(filters && { filters }),
  }));

const messages = fc.array(
  fc.record({
    group: some("a", "b", "c"),
    poison,
    isMatched: some(true, true, true, false),
    isLarge: fc.constant(false),
  }),
  { minLength: 1, maxLength: 8 },
);

/** What is received together, and does not fit into one event. */
const largeMessages = fc.array(
  fc.record({
    group: some("a", "a", "b"),
    poison,
    isMatched: fc.constant(true),
    isLarge: some(true, true, true, false),
  }),
  { minLength: 6, maxLength: 10, size: "max" },
);

const stepOf = (mayBeLarge: boolean): fc.Arbitrary<QueueStep> =>
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({ kind: fc.constant("send"), messages: mayBeLarge ? largeMessages : messages }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: some("receives fail", "deletes fail"),
        times: fc.integer({ min: 1, max: 3 }),
      }),
    },
  );

const WAITS_MS = [1, 100, 500, 1000, 5000, 20_000, 30_000, 61_000, 3_600_000];

const scenariosOf = (mayBeLarge: boolean): fc.Arbitrary<QueueScenario> =>
  fc
    .record({
      ...scenarioMembers(settings, stepOf(mayBeLarge), updatable, WAITS_MS),
      queue: fc.record({
        isFifo: mayBeLarge ? fc.constant(true) : fc.boolean(),
        visibilityMs: fc.constant(30_000),
        maxReceiveCount: some(undefined, 1, 2, 3),
      }),
      // also longer than messages are hidden, and a multiple of it
      window: some(0, 0, 1, 5, 50, 60, 300),
    })
    .map(({ window, ...scenario }) => {
      // FIFO queues have no batching window
      const maximumBatchingWindowInSeconds = scenario.queue.isFifo ? 0 : window;
      const batchSize = mayBeLarge ? 10 : scenario.settings.batchSize;
      return { ...scenario, settings: { ...scenario.settings, batchSize, maximumBatchingWindowInSeconds } };
    });

/** Few have large messages at all: they take long. */
export const queueScenarios: fc.Arbitrary<QueueScenario> = fc.oneof(
  { weight: 40, arbitrary: scenariosOf(false) },
  { weight: 1, arbitrary: scenariosOf(true) },
);
