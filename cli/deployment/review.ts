import { styled } from "../style.ts";
import type { Target } from "../targets/index.ts";
import { changeLines } from "./change-set.ts";
import type { Deployment } from "./deployment.ts";

/** Shows what deployments would change, and what that costs where it costs. */
export async function showPlans(_target: Target, deployments: readonly Deployment[]): Promise<void> {
  for (const { pipeline, changeSet } of deployments) {
    print(`\n${styled("bold", pipeline.name)}${changeSet ? "" : ": no change, nothing to deploy"}`);
    if (changeSet) for (const line of changeLines(changeSet)) print(`  ${line}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
