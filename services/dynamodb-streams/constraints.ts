// Emitted by scripts/constraints.mjs from botocore's model 2012-08-10 of DynamoDB Streams; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  DescribeStreamInput: {"StreamArn":{"min":37,"max":1024,"required":true},"Limit":{"min":1},"ExclusiveStartShardId":{"min":28,"max":65}},
  GetRecordsInput: {"ShardIterator":{"min":1,"max":2048,"required":true},"Limit":{"min":1}},
  GetShardIteratorInput: {"StreamArn":{"min":37,"max":1024,"required":true},"ShardId":{"min":28,"max":65,"required":true},"ShardIteratorType":{"enum":["TRIM_HORIZON","LATEST","AT_SEQUENCE_NUMBER","AFTER_SEQUENCE_NUMBER"],"required":true},"SequenceNumber":{"min":21,"max":40}},
  ListStreamsInput: {"TableName":{"min":3,"max":255,"pattern":"[a-zA-Z0-9_.-]+"},"Limit":{"min":1},"ExclusiveStartStreamArn":{"min":37,"max":1024}},
  ShardFilter: {"Type":{"enum":["CHILD_SHARDS"]},"ShardId":{"min":28,"max":65}},
};
