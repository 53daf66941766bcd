import type { Target } from "../../cli/targets.ts";
import { embedded } from "./embedded.ts";

/** A target that is ready for a suite: what the CLI knows of it, and how it ends. */
export interface OpenTarget extends AsyncDisposable {
  readonly target: Target;
  /** How long the target may take to do what it was asked for, in milliseconds. */
  readonly patienceMs: number;
}

const TARGETS: Readonly<Record<string, () => Promise<OpenTarget>>> = { embedded };

/** Opens the target that TARGET names; embedded unless said. */
export function openTarget(): Promise<OpenTarget> {
  const name = process.env["TARGET"] ?? "embedded";
  const open = TARGETS[name];
  if (!open) throw new Error(`TARGET=${name} is not known. Targets: ${Object.keys(TARGETS).join(", ")}`);
  return open();
}
