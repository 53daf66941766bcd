import fc from "fast-check";
import type { Settings } from "../model.ts";

const failures = (...batchItemFailures: unknown[]) => ({ batchItemFailures });

/** Answers that say nothing, or nonsense, of a batch of these identifiers. */
export const ODD_ANSWERS = {
  undefined: () => undefined,
  null: () => null,
  empty: () => ({}),
  "empty list": () => failures(),
  "null list": () => ({ batchItemFailures: null }),
  "unknown identifier": () => failures({ itemIdentifier: "unknown" }),
  "empty identifier": () => failures({ itemIdentifier: "" }),
  "null identifier": () => failures({ itemIdentifier: null }),
  "no identifier": () => failures({}),
  "misspelt key": ([first]: readonly string[]) => failures({ itemidentifier: first }),
  "known and unknown": ([first]: readonly string[]) =>
    failures({ itemIdentifier: first }, { itemIdentifier: "unknown" }),
  "the last, twice": (all: readonly string[]) =>
    failures({ itemIdentifier: all.at(-1) }, { itemIdentifier: all.at(-1) }),
} as const;

/** How the function behaves at one invocation. It answers after so many milliseconds, and turns of the event loop. */
export type Turn = { readonly ms: number; readonly turns: number } & (
  | { readonly kind: "usual" | "error" | "throttle" }
  /** Names the records at these places (modulo the batch) as failed. */
  | { readonly kind: "partial"; readonly places: readonly number[] }
  | { readonly kind: "odd"; readonly answer: keyof typeof ODD_ANSWERS }
);

export type CommonStep =
  | { readonly kind: "wait"; readonly ms: number }
  /** The process is gone from one instant to the next; or it is told to end. */
  | { readonly kind: "kill" | "restart" }
  | { readonly kind: "disable" | "enable" }
  | { readonly kind: "update"; readonly settings: Partial<Settings> };

/** A step, and how many turns of the event loop the engine has after it; `rest`: as many as it likes. */
export type Command<S> = (S | CommonStep) & { readonly pause: number | "rest" };

export interface Scenario<S> {
  readonly settings: Settings;
  readonly isEnabled: boolean;
  /** Before which of the commands the mapping is made. */
  readonly madeBefore: number;
  readonly commands: readonly Command<S>[];
  readonly turns: readonly Turn[];
}

export const some = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

/** So many invocations with a record fail; 99: all do, as long as the scenario goes. Most records are sound. */
export const poison = fc.nat(31).map((number) => [1, 2, 3, 99][number - 28] ?? 0);

const timing = { ms: some(0, 0, 0, 0, 0, 1, 900, 20_000), turns: some(0, 0, 1, 2, 5) };
const oddAnswer = some(...(Object.keys(ODD_ANSWERS) as (keyof typeof ODD_ANSWERS)[]));

const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: some("usual", "usual", "usual", "error", "error", "throttle"),
      ...timing,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("partial"),
      places: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
      ...timing,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("odd"), answer: oddAnswer, ...timing }) },
);

/** @param updatable settings that an update may change */
function commandOf<S>(
  step: fc.Arbitrary<S>,
  updatable: { [Name in keyof Settings]?: fc.Arbitrary<Settings[Name]> },
  waits: readonly number[],
): fc.Arbitrary<Command<S>> {
  const common: fc.Arbitrary<CommonStep> = fc.oneof(
    { weight: 7, arbitrary: fc.record({ kind: fc.constant("wait"), ms: some(...waits) }) },
    { weight: 3, arbitrary: fc.record({ kind: some("kill", "restart", "disable", "enable") }) },
    {
      weight: 1,
      arbitrary: fc.record(updatable, { requiredKeys: [] }).map((settings): CommonStep => ({
        kind: "update",
        settings: settings as Partial<Settings>,
      })),
    },
  );
  const pause = some<number | "rest">("rest", "rest", "rest", 0, 1, 2, 3, 5, 8);
  const what = fc.oneof({ weight: 14, arbitrary: step }, { weight: 11, arbitrary: common });
  return fc.tuple(what, pause).map(([chosen, after]) => ({ ...chosen, pause: after }));
}

/** What scenarios of streams and of queues have in common. */
export const scenarioMembers = <S>(
  settings: fc.Arbitrary<Settings>,
  ...[step, updatable, waits]: Parameters<typeof commandOf<S>>
) => ({
  settings,
  isEnabled: some(true, true, true, true, false),
  madeBefore: some(0, 0, 1, 2, 4),
  commands: fc.array(commandOf(step, updatable, waits), {
    minLength: 1,
    maxLength: 24,
    size: "max",
  }),
  turns: fc.array(turn, { maxLength: 24, size: "max" }),
});
