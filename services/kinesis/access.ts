import type { AccessScope, AccessTable } from "../../emulator/model/access.ts";
import type { KinesisStore } from "./store.ts";

interface StreamChoice {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

const arnOf = ({ account, region }: AccessScope, name: string): string =>
  `arn:aws:kinesis:${region}:${account}:stream/${name}`;

const stream = ({ StreamName, StreamARN }: StreamChoice, scope: AccessScope) =>
  StreamARN ?? arnOf(scope, StreamName ?? "");

const tagged = ({ ResourceARN }: { readonly ResourceARN: string }) => ResourceARN;

/**
 * A token names the stream where the request does not; one that cannot be read is refused by the operation itself.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
 */
export const access: AccessTable<"kinesis"> = {
  prefix: "kinesis",
  rules: {
    AddTagsToStream: stream,
    CreateStream: stream,
    DecreaseStreamRetentionPeriod: stream,
    DeleteStream: stream,
    DescribeStream: stream,
    DescribeStreamSummary: stream,
    GetRecords: (input, scope, store) => {
      if (input.StreamARN !== undefined) return input.StreamARN;
      const content = (store as KinesisStore).open("shard-iterator", input.ShardIterator);
      return content ? arnOf(scope, String(content[1])) : [];
    },
    GetShardIterator: stream,
    IncreaseStreamRetentionPeriod: stream,
    ListShards: (input, scope, store) => {
      if (input.NextToken === undefined) return stream(input, scope);
      const content = (store as KinesisStore).open("list-shards", input.NextToken);
      return content ? arnOf(scope, (content[1] as { name: string }).name) : [];
    },
    ListTagsForResource: tagged,
    ListTagsForStream: stream,
    MergeShards: stream,
    PutRecord: stream,
    PutRecords: stream,
    RemoveTagsFromStream: stream,
    SplitShard: stream,
    StartStreamEncryption: stream,
    StopStreamEncryption: stream,
    TagResource: tagged,
    UntagResource: tagged,
    UpdateMaxRecordSize: stream,
    UpdateShardCount: stream,
    UpdateStreamMode: ({ StreamARN }) => StreamARN,
  },
};
