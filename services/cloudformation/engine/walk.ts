import { setImmediate } from "node:timers";
/** How many resources of one stack are worked on at the same time. */
const MOST_AT_ONCE = 16;

export interface WalkResult {
  /** Names that failed, or that were given up because another had failed. */
  readonly failed: readonly string[];
  /** What each of them was thrown. */
  readonly errors: readonly unknown[];
}

/**
 * Visits every name once all that it depends on are visited, many at the same time. After a failure no visit begins any
 * more (with `goOn`: none that depends on what failed), and those that have begun are waited for.
 */
export async function walk(
  dependencies: ReadonlyMap<string, readonly string[]>,
  visit: (name: string) => Promise<void>,
  options: { goOn?: boolean; onFailure?: () => void; mayGoOn?: () => boolean } = {},
): Promise<WalkResult> {
  const waiting = new Map([...dependencies].map(([name, on]) => [name, on.filter((each) => dependencies.has(each))]));
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failed: string[] = [];
  const errors: unknown[] = [];

  // providers may answer without waiting for anything: requests must come in between, if only to cancel
  const visitInTurn = async (name: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (options.mayGoOn?.() !== false) await visit(name);
  };

  const begin = () => {
    for (const [name, on] of waiting) {
      if (running.size >= MOST_AT_ONCE) return;
      if ((failed.length > 0 && !options.goOn) || options.mayGoOn?.() === false) return;
      if (!on.every((each) => done.has(each))) continue;
      waiting.delete(name);
      const visiting = visitInTurn(name).then(
        () => void done.add(name),
        (error: unknown) => {
          failed.push(name);
          errors.push(error);
          options.onFailure?.();
        },
      );
      running.set(
        name,
        visiting.then(() => void running.delete(name)),
      );
    }
  };

  begin();
  while (running.size > 0) {
    await Promise.race(running.values());
    begin();
  }
  return { failed, errors };
}

/** The same graph with its arrows turned round: who has to be gone before each. */
export function reversed(dependencies: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const dependents = new Map<string, string[]>([...dependencies.keys()].map((name) => [name, []]));
  for (const [name, on] of dependencies) for (const each of on) dependents.get(each)?.push(name);
  return dependents;
}
