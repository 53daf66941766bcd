import type { Target } from "../../cli/targets/index.ts";

/** A target that was started for a measurement, as its users start it. */
export interface MeasuredTarget extends AsyncDisposable {
  readonly target: Target;
  /** From the start command until the target says that it is ready, in milliseconds. */
  readonly readyMs: number;
  /** What it is, with its version. */
  readonly title: string;
  /** The processes of the whole tree: servers, functions, and containers of functions. */
  processes(): Promise<readonly number[]>;
}
