import { randomBytes } from "node:crypto";

/** Where conformance suites can run: TARGET names one of them. */
const NAMES = ["embedded", "localstack", "aws"] as const;

export type ConformanceTarget = (typeof NAMES)[number];

/** The target of this run: embedded unless TARGET names another. */
export function currentTarget(): ConformanceTarget {
  const name = process.env["TARGET"] ?? "embedded";
  const known = NAMES.find((one) => one === name);
  if (known === undefined) throw new Error(`TARGET=${name} is not known: ${NAMES.join(", ")} are`);
  return known;
}

/**
 * Why a test says nothing of the target of this run. Thrown by a hook or in a test, it skips what it was thrown for: the environment of
 * such runs (skipping-environment.mjs) makes that of it, and prints the reason.
 */
export class NotOnThisTarget extends Error {
  override readonly name = "NotOnThisTarget";
}

/** In a test: goes on where the target is Headwater's own emulator. @throws NotOnThisTarget elsewhere */
export function embeddedOnly(reason: string): void {
  if (currentTarget() !== "embedded") throw new NotOnThisTarget(reason);
}

/** The tests of this file or `describe` run where the target is Headwater's own emulator. */
export function useEmbeddedOnly(reason: string): void {
  beforeAll(() => embeddedOnly(reason));
}

/** In the names of what this suite makes, wherever others make theirs. */
export const RUN = `hw${randomBytes(5).toString("hex")}`;

/** A bucket's name: as it is given where a suite has the target for itself, and else one of its own, as they are worldwide. */
export const bucketName = (name: string): string => (currentTarget() === "aws" ? `${name}-${RUN}` : name);

/** The handler of a client that a target has nothing for: with its first request the test is skipped. */
export const refusingHandler = (reason: string) => ({
  handle: (): never => {
    throw new NotOnThisTarget(reason);
  },
});
