import { unsupported } from "../../../emulator/model/errors.ts";
import { topicOf } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkDraft, publishAll, requireKey } from "../publishing.ts";

/**
 * Publishes a message to a topic. It is kept, for each subscription that it is for, when this answers.
 * @throws InvalidParameter, ParameterValueInvalid, NotFound, KMSAccessDenied
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const publish: Operation<"Publish"> = (ctx, input) => {
  if (input.PhoneNumber !== undefined) throw unsupported("PhoneNumber of Publish");
  if (input.TopicArn !== undefined && input.TargetArn !== undefined) {
    throw invalidParameter("TopicArn or TargetArn Reason: both are given");
  }
  if (input.TargetArn?.includes(":endpoint/")) throw unsupported("A mobile endpoint as TargetArn of Publish");
  const member = input.TargetArn === undefined ? "TopicArn" : "TargetArn";
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn ?? input.TargetArn ?? "", member));
  requireKey(ctx, topic);
  const [published] = publishAll(ctx, topic.arn, [checkDraft(topic, input)]);
  return published ?? {};
};
