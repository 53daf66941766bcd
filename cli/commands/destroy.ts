import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CloudFormationClient, Stack } from "@aws-sdk/client-cloudformation";
import { type Identity, showIdentity } from "../aws/identity.ts";
import { confirm, type Consent } from "../confirmation.ts";
import { Artifacts } from "../deployment/artifacts.ts";
import { findKept } from "../deployment/kept.ts";
import type { Output } from "../deployment/progress.ts";
import { deleteStack, madeBy, madeLines, refuseProtected, removeRemains } from "../deployment/removal.ts";
import { cloudFormation } from "../deployment/stack.ts";
import { findOwnStack } from "../deployment/stack-owner.ts";
import { atRest } from "../deployment/stack-state.ts";
import { endOnInterrupt } from "../interrupt.ts";
import { findPipelines } from "../pipelines/index.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { styled } from "../style.ts";
import { onTarget, type Target, type TargetOptions } from "../targets/index.ts";

/** `headwater destroy`: deletes pipelines' stacks with their data and their code, and looks whether anything is left. */
export async function destroy(names: readonly string[], options: TargetOptions & Consent): Promise<void> {
  const pipelines = findPipelines(names);
  await onTarget(options, async (target) => {
    if (target.account) await agree(target, await showIdentity(target), pipelines, options);
    endOnInterrupt(() => Promise.resolve("Interrupted: CloudFormation goes on. Do it again to delete the rest."));
    for (const pipeline of pipelines) await destroyPipeline(target, pipeline);
  });
}

/** Shows what would be deleted, and asks; there is no question when there is nothing. */
async function agree(
  target: Target,
  { account }: Identity,
  pipelines: readonly Pipeline[],
  consent: Consent,
): Promise<void> {
  const client = cloudFormation(target);
  const code = await (await Artifacts.of(target)).removable(pipelines.map(({ name }) => name));
  let isAnyThere = code.length > 0;
  for (const { name } of pipelines) {
    const stack = await findOwnStack(target, client, name);
    if (!stack) continue;
    isAnyThere = true;
    const made = await madeBy(client, stack);
    await refuseProtected(target, made);
    process.stdout.write(`\n${styled("bold", name)}: this and all that it holds is deleted:\n`);
    for (const line of madeLines(made)) process.stdout.write(`  ${line}\n`);
  }
  if (code.length > 0) process.stdout.write(`\nDeleted of what deployments stored: ${code.join(", ")}\n`);
  if (!isAnyThere) return;
  const names = pipelines.map(({ name }) => name).join(" ");
  await confirm(`delete ${names} in account ${account}, ${target.clientConfig.region}`, consent, names);
}

export async function destroyPipeline(
  target: Target,
  { name, folder }: Pipeline,
  out: Output = process.stdout,
): Promise<void> {
  const client = cloudFormation(target);
  const stack = await findOwn(client, name, target, out);
  const made = stack ? await madeBy(client, stack) : [];
  const kept = await findKept(target, await readFile(join(folder, "template.yaml"), "utf8"), { existing: stack });
  await refuseProtected(target, made);
  if (stack) await deleteStack(target, client, stack, out);
  const { removed, unseen } = await removeRemains(target, [...made, ...kept]);
  const code = await (await Artifacts.of(target)).remove(name);
  for (const each of [...removed, ...code]) out.write(`  deleted as well: ${each}\n`);
  if (unseen.length > 0) out.write(`  not looked at, as access is denied: ${unseen.join(", ")}\n`);
  out.write(
    stack
      ? `${name}: deleted${unseen.length === 0 ? ", nothing of it is left" : ""}\n`
      : `${name} is not deployed on ${target.name}\n`,
  );
}

/** The stack, when nothing is under way in it any more. */
async function findOwn(
  client: CloudFormationClient,
  name: string,
  target: Target,
  out: Output,
): Promise<Stack | undefined> {
  const found = await findOwnStack(target, client, name);
  const stack = found && (await atRest(client, found, { target, print: (line) => void out.write(`${line}\n`) }));
  return stack?.StackStatus === "DELETE_COMPLETE" ? undefined : stack;
}
