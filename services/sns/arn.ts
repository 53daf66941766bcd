import type { Context } from "../../emulator/model/context.ts";
import { invalidParameter } from "./errors.ts";

export interface TopicName {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export const topicArn = ({ account, region, name }: TopicName): string => `arn:aws:sns:${region}:${account}:${name}`;

/** @throws InvalidParameter naming `member` when the text is no ARN of a topic */
export function parseTopicArn(arn: string, member = "TopicArn"): TopicName {
  const parts = arn.split(":");
  if (parts.length < 6) {
    throw invalidParameter(`${member} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  }
  const [prefix, , service, region = "", account = "", name = ""] = parts;
  if (prefix !== "arn" || service !== "sns" || name === "") throw invalidParameter(member);
  return { account, region, name };
}

/** The topic of a request, which must be of the region that the request is for. @throws InvalidParameter */
export function topicOf({ region }: Pick<Context, "region">, arn: string, member = "TopicArn"): string {
  const name = parseTopicArn(arn, member);
  if (name.region !== region || arn.split(":").length !== 6) throw invalidParameter(member);
  return topicArn(name);
}

/** The topic's part of a subscription's ARN. @throws InvalidParameter */
export function topicOfSubscription(arn: string): string {
  const parts = arn.split(":");
  if (parts.length < 6) {
    throw invalidParameter(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  }
  if (parts.length !== 7 || parts[2] !== "sns") throw invalidParameter("SubscriptionId");
  return parts.slice(0, 6).join(":");
}

export const isFifo = (arn: string): boolean => arn.endsWith(".fifo");

export const topicNameOf = (arn: string): string => arn.split(":")[5] ?? "";
