import type { CloudFormationClient, Stack } from "@aws-sdk/client-cloudformation";
import { UserError } from "../errors.ts";
import { awsCommandOn, type Target } from "../targets/index.ts";
import { findStack } from "./stack.ts";

/** What the resources of a pipeline are tagged with: by it a stack is known as ours, and costs can be told apart. */
const PIPELINE_TAG = "headwater:pipeline";

export const tagsOf = (pipeline: string) => [{ Key: PIPELINE_TAG, Value: pipeline }];

/**
 * The stack of a pipeline; undefined when there is none. Pipelines have names that others give their stacks too: in an
 * account, one without our tag is neither changed nor deleted.
 * @throws UserError when the stack is somebody else's
 */
export async function findOwnStack(
  target: Target,
  client: CloudFormationClient,
  pipeline: string,
): Promise<Stack | undefined> {
  const stack = await findStack(client, pipeline);
  if (stack && target.account && !isOwn(stack, pipeline)) throw notOurs(target, stack, pipeline);
  return stack;
}

/** Where a change set is all that there is of a stack, nothing can be lost by it, and its tags are not there yet. */
const isOwn = ({ Tags: tags, StackStatus: status }: Stack, pipeline: string): boolean =>
  status === "REVIEW_IN_PROGRESS" || (tags ?? []).some(({ Key, Value }) => Key === PIPELINE_TAG && Value === pipeline);

function notOurs(target: Target, stack: Stack, pipeline: string): UserError {
  const { CreationTime: created, Description: description } = stack;
  const what = [
    ...(created ? [`made ${created.toISOString().slice(0, 16).replace("T", " ")} UTC`] : []),
    ...(description ? [`"${description}"`] : []),
  ].join(", ");
  return new UserError(
    `The stack ${pipeline} (${what}) is not Headwater's: it lacks the tag ${PIPELINE_TAG}=${pipeline}. It is left as it is. ` +
      `Take another region (--region) or another account; or, if it may be changed and deleted, tag it: ` +
      `\`${tagCommand(target, stack, pipeline)}\``,
  );
}

/** Stacks are tagged by an update, which sets all tags, and all parameters. */
function tagCommand(target: Target, { Tags: tags = [], Parameters: parameters = [] }: Stack, pipeline: string): string {
  const kept = parameters.map(({ ParameterKey }) => `ParameterKey=${ParameterKey},UsePreviousValue=true`);
  const all = [...tags.filter(({ Key }) => Key !== PIPELINE_TAG), ...tagsOf(pipeline)];
  const options = [
    `--stack-name ${pipeline} --use-previous-template --capabilities CAPABILITY_NAMED_IAM`,
    ...(kept.length > 0 ? [`--parameters ${kept.join(" ")}`] : []),
    `--tags ${all.map(({ Key, Value }) => `'Key=${Key},Value="${Value}"'`).join(" ")}`,
  ];
  return awsCommandOn(target, `cloudformation update-stack ${options.join(" ")}`);
}
