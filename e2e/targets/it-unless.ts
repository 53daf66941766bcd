import { it } from "@jest/globals";
import { type DifferenceId, differs } from "./differences.ts";

/** `it`, where the target of this run does as AWS does; otherwise the test is skipped, and the report says why. */
export const itUnless = (id: DifferenceId): typeof it => (differs(id) ? (it.skip as typeof it) : it);
