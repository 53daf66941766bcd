import type { Context } from "../../../emulator/model/context.ts";
import type { CloudWatchState } from "../index.ts";
import type { OwnRule } from "./own-rules.ts";

interface Failure {
  readonly FailureResource: string;
  readonly ExceptionType: string;
  readonly FailureCode: string;
  readonly FailureDescription: string;
}

/** Does something to rules by their names, and says of which it cannot be done. */
export function eachRule(
  { store }: Pick<Context<CloudWatchState>, "store">,
  names: readonly string[],
  change: (rule: OwnRule) => void,
): { Failures: Failure[] } {
  const failures: Failure[] = [];
  for (const name of new Set(names)) {
    const rule = store.ownRules.get(name);
    if (rule !== undefined) change(rule);
    else if (store.contributions.rule(name) === undefined) {
      failures.push(failure(name, "ResourceNotFoundException", `The insight rule ${name} does not exist.`));
    } else {
      failures.push(
        failure(name, "InvalidParameterValueException", `The insight rule ${name} is managed by a service.`),
      );
    }
  }
  return { Failures: failures };
}

const failure = (FailureResource: string, ExceptionType: string, FailureDescription: string): Failure => ({
  FailureResource,
  ExceptionType,
  FailureCode: ExceptionType.replace(/Exception$/, ""),
  FailureDescription,
});
