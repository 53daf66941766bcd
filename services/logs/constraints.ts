// Emitted by scripts/constraints.mjs from botocore's model 2014-03-28 of CloudWatch Logs; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  CreateLogGroupRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true},"kmsKeyId":{"max":256},"tags":{"min":1,"max":50,"key":{"min":1,"max":128,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$"},"value":{"max":256,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"}},"logGroupClass":{"enum":["STANDARD","INFREQUENT_ACCESS","DELIVERY"]}},
  CreateLogStreamRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true},"logStreamName":{"min":1,"max":512,"pattern":"[^:*]*","required":true}},
  DeleteLogGroupRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true}},
  DeleteLogStreamRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true},"logStreamName":{"min":1,"max":512,"pattern":"[^:*]*","required":true}},
  DeleteRetentionPolicyRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true}},
  DescribeLogGroupsRequest: {"accountIdentifiers":{"max":20,"member":{"min":12,"max":12,"pattern":"^\\d{12}$"}},"logGroupNamePrefix":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+"},"logGroupNamePattern":{"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]*"},"nextToken":{"min":1},"limit":{"min":1,"max":50},"logGroupClass":{"enum":["STANDARD","INFREQUENT_ACCESS","DELIVERY"]},"logGroupIdentifiers":{"min":1,"max":50,"member":{"min":1,"max":2048,"pattern":"[\\w#+=/:,.@-]*"}}},
  DescribeLogStreamsRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+"},"logGroupIdentifier":{"min":1,"max":2048,"pattern":"[\\w#+=/:,.@-]*"},"logStreamNamePrefix":{"min":1,"max":512,"pattern":"[^:*]*"},"orderBy":{"enum":["LogStreamName","LastEventTime"]},"nextToken":{"min":1},"limit":{"min":1,"max":50}},
  Entity: {"keyAttributes":{"min":2,"max":4,"key":{"min":1,"max":32},"value":{"min":1,"max":512}},"attributes":{"max":10,"key":{"min":1,"max":256},"value":{"min":1,"max":512}}},
  FilterLogEventsRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+"},"logGroupIdentifier":{"min":1,"max":2048,"pattern":"[\\w#+=/:,.@-]*"},"logStreamNames":{"min":1,"max":100,"member":{"min":1,"max":512,"pattern":"[^:*]*"}},"logStreamNamePrefix":{"min":1,"max":512,"pattern":"[^:*]*"},"startTime":{"min":0},"endTime":{"min":0},"filterPattern":{"max":1024},"nextToken":{"min":1},"limit":{"min":1,"max":10000}},
  GetLogEventsRequest: {"logStreamName":{"min":1,"max":512,"pattern":"[^:*]*","required":true},"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+"},"logGroupIdentifier":{"min":1,"max":2048,"pattern":"[\\w#+=/:,.@-]*"},"startTime":{"min":0},"endTime":{"min":0},"nextToken":{"min":1},"limit":{"min":1,"max":10000}},
  InputLogEvent: {"timestamp":{"min":0,"required":true},"message":{"min":1,"required":true}},
  ListTagsForResourceRequest: {"resourceArn":{"min":1,"max":1011,"pattern":"[\\w+=/:,.@-]*","required":true}},
  PutLogEventsRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true},"logStreamName":{"min":1,"max":512,"pattern":"[^:*]*","required":true},"logEvents":{"min":1,"max":10000,"required":true},"sequenceToken":{"min":1}},
  PutRetentionPolicyRequest: {"logGroupName":{"min":1,"max":512,"pattern":"[\\.\\-_/#A-Za-z0-9]+","required":true},"retentionInDays":{"required":true}},
  TagResourceRequest: {"resourceArn":{"min":1,"max":1011,"pattern":"[\\w+=/:,.@-]*","required":true},"tags":{"min":1,"max":50,"key":{"min":1,"max":128,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$"},"value":{"max":256,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"},"required":true}},
  UntagResourceRequest: {"resourceArn":{"min":1,"max":1011,"pattern":"[\\w+=/:,.@-]*","required":true},"tagKeys":{"max":50,"member":{"min":1,"max":128,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$"},"required":true}},
};
