import { it } from "@jest/globals";
import { type DifferenceId, differs } from "./differences.ts";

/** `it`, where the target of this run does as AWS does; otherwise the test is skipped, and its title says by which difference. */
export function itUnless(id: DifferenceId): (title: string, test: () => Promise<void>) => void {
  return (title, test) => (differs(id) ? it.skip(`${title} [${id}]`, test) : it(title, test));
}
