import { arnPart, tagConditions, type AccessScope, type AccessTable } from "../../emulator/model/access.ts";
import { accountOfToken } from "../../emulator/model/sealed-token.ts";
import type { ConsumerChoice } from "./fan-out/resolve.ts";
import type { KinesisStore } from "./store.ts";

interface StreamChoice {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

const arnOf = ({ account, region }: AccessScope, name: string): string =>
  `arn:aws:kinesis:${region}:${account}:stream/${name}`;

const stream = ({ StreamName, StreamARN }: StreamChoice, scope: AccessScope) =>
  StreamARN ?? arnOf(scope, StreamName ?? "");

/** Of a consumer that is not there, its ARN has nothing but its name. */
function consumer({ ConsumerARN, StreamARN, ConsumerName }: ConsumerChoice, _scope: AccessScope, store: unknown) {
  if (ConsumerARN !== undefined) return ConsumerARN;
  if (StreamARN === undefined || ConsumerName === undefined) return [];
  const { consumers } = store as KinesisStore;
  const found = consumers.find(StreamARN.slice(StreamARN.indexOf("/") + 1), ConsumerName);
  return found ? consumers.arn(found) : `${StreamARN}/consumer/${ConsumerName}`;
}

/** Whose stream a request is about. Iterators and the pages of ListShards may say so where the request has no ARN. */
export function ownerOf(operation: string, input: Readonly<Record<string, unknown>>): string | undefined {
  const { StreamARN, ConsumerARN, ShardIterator, NextToken } = input as Readonly<Record<string, string | undefined>>;
  const arn = StreamARN ?? ConsumerARN;
  if (arn !== undefined) return arnPart(arn, 4);
  const token = operation === "GetRecords" ? ShardIterator : operation === "ListShards" ? NextToken : undefined;
  return token === undefined ? undefined : accountOfToken(token);
}

const tagged = ({ ResourceARN }: { readonly ResourceARN: string }) => ResourceARN;

/**
 * A token names the stream where the request does not; one that cannot be opened is refused by the operation itself.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
 */
export const access: AccessTable<"kinesis"> = {
  prefix: "kinesis",
  rules: {
    AddTagsToStream: stream,
    CreateStream: stream,
    DecreaseStreamRetentionPeriod: stream,
    DeleteResourcePolicy: tagged,
    DeleteStream: stream,
    DeregisterStreamConsumer: consumer,
    DescribeStream: stream,
    DescribeStreamConsumer: consumer,
    DescribeStreamSummary: stream,
    DisableEnhancedMonitoring: stream,
    EnableEnhancedMonitoring: stream,
    GetRecords: (input, scope, store) => {
      if (input.StreamARN !== undefined) return input.StreamARN;
      const content = (store as KinesisStore).tokens.open("shard-iterator", input.ShardIterator);
      return content ? arnOf(scope, String(content[1])) : [];
    },
    GetResourcePolicy: tagged,
    GetShardIterator: stream,
    IncreaseStreamRetentionPeriod: stream,
    ListShards: (input, scope, store) => {
      if (input.NextToken === undefined) return stream(input, scope);
      const content = (store as KinesisStore).tokens.open("list-shards", input.NextToken);
      return content ? arnOf(scope, (content[1] as { name: string }).name) : [];
    },
    ListStreamConsumers: stream,
    ListTagsForResource: tagged,
    ListTagsForStream: stream,
    MergeShards: stream,
    PutRecord: stream,
    PutRecords: stream,
    PutResourcePolicy: tagged,
    RegisterStreamConsumer: ({ StreamARN, ConsumerName, Tags }) => {
      if (Tags === undefined) return StreamARN;
      const conditions = tagConditions(Tags);
      return [
        { action: "kinesis:RegisterStreamConsumer", resource: StreamARN, conditions },
        { action: "kinesis:TagResource", resource: `${StreamARN}/consumer/${ConsumerName}`, conditions },
      ];
    },
    RemoveTagsFromStream: stream,
    SplitShard: stream,
    StartStreamEncryption: stream,
    StopStreamEncryption: stream,
    SubscribeToShard: consumer,
    TagResource: tagged,
    UntagResource: tagged,
    UpdateMaxRecordSize: stream,
    UpdateShardCount: stream,
    UpdateStreamMode: ({ StreamARN }) => StreamARN,
    UpdateStreamWarmThroughput: stream,
  },
};
