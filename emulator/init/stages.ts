/** The stages of a container's life that hooks belong to, in order: named and told as LocalStack does. */
export const STAGES = ["BOOT", "START", "READY", "SHUTDOWN"] as const;

export type Stage = (typeof STAGES)[number];

export type ScriptState = "UNKNOWN" | "RUNNING" | "SUCCESSFUL" | "ERROR";

/** A hook, and how it went. */
export interface InitScript {
  readonly stage: Stage;
  /** Name of its file. */
  readonly name: string;
  readonly state: ScriptState;
  /** Of one that has failed; LocalStack tells it in its log only. */
  readonly reason?: string;
}

/** How far the start has come. */
export interface InitState {
  isCompleted(stage: Stage): boolean;
  scripts(): readonly InitScript[];
}

/** An emulator without hooks: whoever it answers finds it started. */
export const NO_HOOKS: InitState = {
  isCompleted: (stage) => stage !== "SHUTDOWN",
  scripts: () => [],
};
