import { styled } from "../style.ts";
import type { Target } from "../targets/index.ts";
import { counted } from "../text.ts";
import { changeLines } from "./change-set.ts";
import type { Deployment } from "./deployment.ts";
import { madeLines } from "./removal.ts";
import type { FailedCreation } from "./stack-state.ts";

/** Shows what deployments would change, and what that costs where it costs. */
export async function showPlans(target: Target, deployments: readonly Deployment[]): Promise<void> {
  for (const { pipeline, planned, failedCreation } of deployments) {
    print(`\n${styled("bold", pipeline.name)}${planned ? "" : ": no change, nothing to deploy"}`);
    if (failedCreation) for (const line of failedCreationLines(failedCreation)) print(`  ${line}`);
    if (planned) for (const line of changeLines(planned)) print(`  ${line}`);
  }
  const stacks = deployments.flatMap(({ pipeline, template, planned }) =>
    planned ? [{ pipeline: pipeline.name, template, parameters: planned.parameters }] : [],
  );
  if (!target.account || stacks.length === 0) return;
  // the emulator's template engine is loaded where it is needed
  const { estimate, estimateLines } = await import("../aws/costs/estimate.ts");
  const { region } = target.clientConfig;
  print("");
  for (const line of estimateLines(estimate(stacks, region), region)) print(line);
  print("");
}

function failedCreationLines({ stack, made }: FailedCreation): string[] {
  return [
    `What is left of a creation that failed (${stack.StackStatus}) is deleted first: ${counted(made.length, "resource")}`,
    ...madeLines(made).map((line) => `  ${line}`),
  ];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
