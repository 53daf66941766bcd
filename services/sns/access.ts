import { tagConditions, type Access, type AccessTable } from "../../emulator/model/access.ts";
import { topicArn } from "./arn.ts";

const named = (input: { TopicArn?: string }): string => input.TopicArn ?? "*";
const tagged = (input: { ResourceArn?: string }): string => input.ResourceArn ?? "*";
const publishing = (resource: string): Access[] => [{ action: "SNS:Publish", resource }];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const access: AccessTable<"sns"> = {
  // as SNS words its refusals; the names of actions are compared without case
  prefix: "SNS",
  denied: { code: "AuthorizationError", status: 403 },
  rules: {
    AddPermission: named,
    ConfirmSubscription: named,
    CreateTopic: ({ Name, Tags = [] }, { account, region }) => {
      const resource = topicArn({ account, region, name: Name });
      const conditions = tagConditions(Tags);
      return [
        { action: "SNS:CreateTopic", resource, conditions },
        ...(Tags.length > 0 ? [{ action: "SNS:TagResource", resource, conditions }] : []),
      ];
    },
    DeleteTopic: named,
    GetTopicAttributes: named,
    ListSubscriptionsByTopic: named,
    ListTagsForResource: tagged,
    ListTopics: (_input, { account, region }) => topicArn({ account, region, name: "*" }),
    Publish: (input) => publishing(input.TopicArn ?? input.TargetArn ?? "*"),
    PublishBatch: (input) => publishing(named(input)),
    RemovePermission: named,
    SetTopicAttributes: named,
    Subscribe: (input) => [
      {
        action: "SNS:Subscribe",
        resource: named(input),
        conditions: {
          "sns:Protocol": input.Protocol,
          ...(input.Endpoint !== undefined && { "sns:Endpoint": input.Endpoint }),
        },
      },
    ],
    TagResource: (input) => [
      { action: "SNS:TagResource", resource: tagged(input), conditions: tagConditions(input.Tags) },
    ],
    UntagResource: (input) => [
      { action: "SNS:UntagResource", resource: tagged(input), conditions: { "aws:TagKeys": input.TagKeys } },
    ],
  },
};
