import type { AccessTable } from "../../emulator/model/access.ts";
import { arnOfIterator } from "./iterator.ts";

const stream = ({ StreamArn }: { readonly StreamArn: string }): string => StreamArn;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const access: AccessTable<"dynamodb-streams"> = {
  prefix: "dynamodb",
  rules: {
    DescribeStream: stream,
    GetRecords: ({ ShardIterator }) => arnOfIterator(ShardIterator),
    GetShardIterator: stream,
    ListStreams: ({ TableName = "*" }, { account, region }) =>
      `arn:aws:dynamodb:${region}:${account}:table/${TableName}/stream/*`,
  },
};
