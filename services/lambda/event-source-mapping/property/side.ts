import type { FakeAws } from "../fake-aws.ts";
import type { Mapping, Position, Settings } from "../model.ts";
import type { Answer } from "./attempt-rules.ts";
import type { AnyCall, Life } from "./life.ts";
import type { Pace } from "./pace.ts";
import type { ScriptedFunction } from "./scripted-function.ts";

/** What is read, with its model: a stream or a queue. */
export interface Side<S> {
  /** What its mapping is made with, when it is made now. */
  mapping(): Partial<Mapping>;
  do(step: S): void;
  /** The settings that an update changes: some exclude each other. */
  merge(before: Settings, changes: Partial<Settings>): Settings;
  /** Answers a call of the engine's. @throws what the scenario has it fail with */
  call(input: SideCall): Promise<unknown>;
  /** @throws where the scenario has the storage fail */
  beforeCheckpoint(): void;
  /** What the function may name of an event. */
  identifiers(event: unknown): readonly string[];
  /** Timers of its own are gone with all others. */
  restarted(): void;
  heal(): void;

  /** Whether what was read goes to the function before the mapping stops or is changed. */
  readonly deliversWhatItHas: boolean;
  readonly isDraining: boolean;
  readonly isRunning: boolean;
  /** Nothing new is begun until `begin`, then what is stored holds. */
  drain(stored: Mapping): void;
  begin(): void;
  /** What the function answers to an event, with what is asked of it beside. */
  answerOf(answer: Answer, event: unknown): Answer;
  /** @returns what tells the invocation's end */
  invoked(identifiers: readonly string[], event: unknown): (answer: Answer) => void;
  /** @throws Violation */
  check(seen: Seen): void;
  readonly isThrough: boolean;
  describeLeft(): string;
}

export interface SideCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The fakes' own. */
  readonly fake: AnyCall;
  /** Whether the engine asks for someone who waits for its answer: nothing fails then. */
  readonly isAsked: boolean;
  readonly life: Life;
}

export interface Seen {
  /** Whether everything that needs no time has happened, and nothing is with the function. */
  readonly isStill: boolean;
  readonly isAtRest: boolean;
  /** Whether the mapping is enabled, and no call has failed lately. */
  readonly isReading: boolean;
}

/** What a side has of the world. */
export interface Surroundings {
  readonly aws: FakeAws;
  readonly pace: Pace;
  readonly function: ScriptedFunction;
  /** Where the mapping's shards are to be read on, as it is stored. */
  positions(): ReadonlyMap<string, Position>;
  /** A call or an invocation failed. */
  failed(): void;
  say(line: () => string): void;
  /** Runs what may find a violation, where the engine would swallow it. */
  guard<T>(work: () => T): T | undefined;
}
