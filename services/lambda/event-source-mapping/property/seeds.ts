import fc from "fast-check";
import { Violation } from "./violation.ts";

/** `SEED=n` runs one seed again, `SEEDS=n` more of them than usual. */
const ONE = process.env["SEED"];
const COUNT = Number(process.env["SEEDS"] ?? 0);

export interface Seeded<T> {
  /** Path of the test, for the command that runs a seed again. */
  readonly path: string;
  readonly usualSeeds: number;
  readonly scenarios: fc.Arbitrary<T>;
  readonly narrate: (scenario: T) => string;
  /** @param tell given what happens, line by line */
  readonly run: (scenario: T, tell?: (line: string) => void) => Promise<void>;
}

/** Runs one scenario a seed. The first that fails is made as small as it gets, and told. @returns how many were run */
export async function runSeeds<T>({ usualSeeds, ...seeded }: Seeded<T>): Promise<number> {
  const seeds = ONE === undefined ? range(COUNT || usualSeeds) : [Number(ONE)];
  const property = fc.asyncProperty(seeded.scenarios, (scenario) => seeded.run(scenario));
  for (const seed of seeds) {
    const { failed, counterexample } = await fc.check(property, { seed, numRuns: 1 });
    if (failed) throw new Error(await story(seeded, seed, (counterexample as [T])[0]));
  }
  return seeds.length;
}

async function story<T>(
  { path, narrate, run }: Omit<Seeded<T>, "usualSeeds">,
  seed: number,
  scenario: T,
): Promise<string> {
  const lines: string[] = [];
  const error = await run(scenario, (line) => lines.push(line)).then(
    () => new Error("it does not fail again"),
    (reason: unknown) => reason as Error,
  );
  return [
    `seed ${seed}: ${error.message}`,
    `again: SEED=${seed} npm run jest -- ${path}`,
    "\nThe scenario, as small as it gets:",
    narrate(scenario),
    "\nWhat happened:",
    ...lines,
    ...(error instanceof Violation ? [] : [error.stack ?? ""]),
  ].join("\n");
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
