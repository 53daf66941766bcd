import { styled } from "../style.ts";
import type { Target } from "../targets/index.ts";
import { changeLines } from "./change-set.ts";
import type { Deployment } from "./deployment.ts";

/** Shows what deployments would change, and what that costs where it costs. */
export async function showPlans(target: Target, deployments: readonly Deployment[]): Promise<void> {
  for (const { pipeline, changeSet } of deployments) {
    print(`\n${styled("bold", pipeline.name)}${changeSet ? "" : ": no change, nothing to deploy"}`);
    if (changeSet) for (const line of changeLines(changeSet)) print(`  ${line}`);
  }
  const stacks = deployments.flatMap(({ pipeline, template, changeSet }) =>
    changeSet ? [{ pipeline: pipeline.name, template, parameters: changeSet.parameters }] : [],
  );
  if (!target.account || stacks.length === 0) return;
  // the emulator's template engine is loaded where it is needed
  const { estimate, estimateLines } = await import("../aws/costs/estimate.ts");
  const { region } = target.clientConfig;
  print("");
  for (const line of estimateLines(estimate(stacks, region), region)) print(line);
  print("");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
