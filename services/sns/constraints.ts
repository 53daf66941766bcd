// Emitted by scripts/constraints.mjs from botocore's model 2010-03-31 of SNS; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  AddPermissionInput: {"TopicArn":{"required":true},"Label":{"required":true},"AWSAccountId":{"required":true},"ActionName":{"required":true}},
  ConfirmSubscriptionInput: {"TopicArn":{"required":true},"Token":{"required":true}},
  CreateTopicInput: {"Name":{"required":true}},
  DeleteTopicInput: {"TopicArn":{"required":true}},
  GetSubscriptionAttributesInput: {"SubscriptionArn":{"required":true}},
  GetTopicAttributesInput: {"TopicArn":{"required":true}},
  ListSubscriptionsByTopicInput: {"TopicArn":{"required":true}},
  ListTagsForResourceRequest: {"ResourceArn":{"min":1,"max":1011,"required":true}},
  MessageAttributeValue: {"DataType":{"required":true}},
  PublishBatchInput: {"TopicArn":{"required":true},"PublishBatchRequestEntries":{"required":true}},
  PublishBatchRequestEntry: {"Id":{"required":true},"Message":{"required":true}},
  PublishInput: {"Message":{"required":true}},
  RemovePermissionInput: {"TopicArn":{"required":true},"Label":{"required":true}},
  SetSubscriptionAttributesInput: {"SubscriptionArn":{"required":true},"AttributeName":{"required":true}},
  SetTopicAttributesInput: {"TopicArn":{"required":true},"AttributeName":{"required":true}},
  SubscribeInput: {"TopicArn":{"required":true},"Protocol":{"required":true}},
  Tag: {"Key":{"min":1,"max":128,"required":true},"Value":{"max":256,"required":true}},
  TagResourceRequest: {"ResourceArn":{"min":1,"max":1011,"required":true},"Tags":{"required":true}},
  UnsubscribeInput: {"SubscriptionArn":{"required":true}},
  UntagResourceRequest: {"ResourceArn":{"min":1,"max":1011,"required":true},"TagKeys":{"member":{"min":1,"max":128},"required":true}},
};
