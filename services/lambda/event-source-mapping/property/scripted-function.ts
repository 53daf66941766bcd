import type { Answer } from "./attempt-rules.ts";
import { ODD_ANSWERS, type Turn } from "./scenario.ts";

export interface Behaviour {
  readonly waitMs: number;
  /** Turns of the event loop. */
  readonly turns: number;
  readonly answer: Answer;
}

const USUAL: Turn = { kind: "usual", ms: 0, turns: 0 };

/** The function of a scenario: first its turns in order, then its usual self, which fails with poisoned records. */
export class ScriptedFunction {
  readonly #turns: Turn[];
  readonly #poison = new Map<string, number>();
  readonly #namesFailures: boolean;

  constructor(turns: readonly Turn[], namesFailures: boolean) {
    this.#turns = [...turns];
    this.#namesFailures = namesFailures;
  }

  poison(identifier: string, times: number): void {
    this.#poison.set(identifier, times);
  }

  /** From now on nothing fails. */
  heal(): void {
    this.#turns.length = 0;
    this.#poison.clear();
  }

  behave(identifiers: readonly string[]): Behaviour {
    const turn = this.#turns.shift() ?? USUAL;
    return { waitMs: turn.ms, turns: turn.turns, answer: this.#answer(turn, identifiers) };
  }

  #answer(turn: Turn, identifiers: readonly string[]): Answer {
    switch (turn.kind) {
      case "error":
        return { kind: "failed" };
      case "throttle":
        return { kind: "throttled" };
      case "partial":
        return naming(turn.places.map((place) => identifiers[place % identifiers.length]));
      case "odd":
        return { kind: "returned", value: ODD_ANSWERS[turn.answer](identifiers) };
      default:
        return this.#usual(identifiers);
    }
  }

  #usual(identifiers: readonly string[]): Answer {
    const poisoned = identifiers.filter((identifier) => (this.#poison.get(identifier) ?? 0) > 0);
    for (const identifier of poisoned) this.#poison.set(identifier, (this.#poison.get(identifier) ?? 0) - 1);
    if (poisoned.length === 0) return { kind: "returned", value: null };
    return this.#namesFailures ? naming(poisoned) : { kind: "failed" };
  }
}

const naming = (identifiers: readonly (string | undefined)[]): Answer => ({
  kind: "returned",
  value: { batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) },
});
