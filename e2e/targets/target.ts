import type { Target } from "../../cli/targets/index.ts";

/** A target that is ready for a suite: what the CLI knows of it, and how it ends. */
export interface OpenTarget extends AsyncDisposable {
  readonly target: Target;
  /** How long the target may take to do what it was asked for, in milliseconds. */
  readonly patienceMs: number;
}

/** What runs beside the tests and serves all suites of a run. */
export interface Server extends AsyncDisposable {
  readonly endpoint: string;
  /** What it is, with its version: for the report. */
  readonly title: string;
  /** What the tests need in their environment to reach it, beside the endpoint. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Why a target cannot be had here, in one line. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Where the suites of the pipelines run. */
export interface SuiteTarget {
  /** Suites of its own, which a run has beside those of the pipelines: paths from the root. */
  readonly suites?: readonly string[];
  /**
   * Makes what is made once and then there (an image): no part of the time until the server is ready.
   * @throws Unavailable
   */
  readonly prepare?: () => Promise<void>;
  /**
   * Starts the server that the suites share; suites of a target without one bring their own.
   * @throws Unavailable
   */
  readonly serve?: () => Promise<Server>;
  /** Opens the target in a test. @param endpoint that of the server */
  readonly open: (endpoint: string) => Promise<OpenTarget>;
}
