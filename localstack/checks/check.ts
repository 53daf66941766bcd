import type { Target } from "../../cli/targets/index.ts";
import type { LimitId } from "../limits.ts";
import type { Stack } from "./stack.ts";

/** Where the limits are looked at. */
export interface Bench {
  readonly target: Target;
  /** The stack of localstack/checks/template.ts. */
  readonly stack: Stack;
  /** Asks until the answer is the expected one, as long as the target may take. */
  eventually<T>(ask: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T>;
}

/** A look at one limit by calls that any client can make, and what is seen on AWS and on LocalStack. */
export interface Check<Seen = unknown> {
  readonly id: LimitId;
  readonly title: string;
  readonly look: (bench: Bench) => Promise<Seen>;
  readonly aws: Seen;
  readonly localstack: Seen;
}

/** A check whose types go together. */
export const check = <Seen>(it: Check<Seen>): Check => it;
