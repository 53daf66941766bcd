import { topicOf } from "./arn.ts";
import { resourceNotFound } from "./errors.ts";
import type { SnsContext } from "./index.ts";
import type { Topic } from "./model.ts";

/** The topic that an operation on tags names. @throws InvalidParameter, ResourceNotFound */
export function taggedTopic(ctx: SnsContext, arn: string): Topic {
  const topic = ctx.store.findTopic(topicOf(ctx, arn, "ResourceArn"));
  if (!topic) throw resourceNotFound();
  return topic;
}
