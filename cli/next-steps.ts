import { COMMAND } from "./package.ts";
import type { Deployed, Pipeline } from "./pipelines/pipeline.ts";
import { findTarget, type Target } from "./targets/index.ts";

/** The target's endpoint as people reach it, where that is not as this process does: from outside of its network. */
const PUBLIC_ENDPOINT = process.env["HEADWATER_PUBLIC_ENDPOINT"];

/** The target for what is printed: the URLs that it makes are those that people can call. */
export async function asSeenByPeople(target: Target): Promise<Target> {
  if (PUBLIC_ENDPOINT === undefined) return target;
  const { apiUrl } = await findTarget({ target: target.name, endpoint: PUBLIC_ENDPOINT });
  return { ...target, apiUrl };
}

export interface DeployedPipeline {
  readonly pipeline: Pipeline;
  readonly outputs: Deployed["outputs"];
}

/** Commands to try with what is deployed, each on a line of its own. */
export async function nextSteps(target: Target, deployed: readonly DeployedPipeline[]): Promise<readonly string[]> {
  const shown = await asSeenByPeople(target);
  const steps = await Promise.all(
    deployed.map(async ({ pipeline, outputs }) => (await pipeline.load()).demo.nextSteps({ target: shown, outputs })),
  );
  return [...variables(target), ...steps.flat(), `${COMMAND} status`];
}

/** What the AWS CLI, the SDKs and this command need to find the target. */
function variables({ name, clientConfig: { endpoint, region }, account }: Target): readonly string[] {
  if (account) {
    const profile = process.env["AWS_PROFILE"];
    return [`export HEADWATER_TARGET=${name} AWS_REGION=${region}${profile ? ` AWS_PROFILE=${profile}` : ""}`];
  }
  const url = PUBLIC_ENDPOINT ?? endpoint;
  return [
    `export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
  ];
}
