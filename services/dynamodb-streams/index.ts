import * as sdk from "@aws-sdk/client-dynamodb-streams";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { errorEnvelope, undecodableBody } from "../dynamodb/errors.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { describeStream } from "./operations/describe-stream.ts";
import { getRecords } from "./operations/get-records.ts";
import { getShardIterator } from "./operations/get-shard-iterator.ts";
import { listStreams } from "./operations/list-streams.ts";
import { DynamoDbStreamsStore } from "./store.ts";

export interface DynamoDbStreamsState {
  store: DynamoDbStreamsStore;
  engine: undefined;
}

export type Operation<N extends OperationName<"dynamodb-streams">> = ServiceOperation<
  "dynamodb-streams",
  N,
  DynamoDbStreamsState
>;

export const dynamodbStreams = defineService<"dynamodb-streams", DynamoDbStreamsState>({
  name: "dynamodb-streams",
  signingName: "dynamodb",
  protocol: "json",
  target: "DynamoDBStreams_20120810",
  jsonVersion: "1.0",
  blobs: "base64",
  errorEnvelope,
  undecodableBody,
  sendsCrc32: true,
  sdk,
  constraints,
  access,
  store: (host, scope) => new DynamoDbStreamsStore(host, scope),
  operations: {
    DescribeStream: describeStream,
    GetRecords: getRecords,
    GetShardIterator: getShardIterator,
    ListStreams: listStreams,
  },
});
