import * as sdk from "@aws-sdk/client-firehose";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { DeliveryEngine } from "./engine.ts";
import { measured } from "./metrics.ts";
import { createDeliveryStream } from "./operations/create-delivery-stream.ts";
import { deleteDeliveryStream } from "./operations/delete-delivery-stream.ts";
import { describeDeliveryStream } from "./operations/describe-delivery-stream.ts";
import { listDeliveryStreams } from "./operations/list-delivery-streams.ts";
import { listTagsForDeliveryStream } from "./operations/list-tags-for-delivery-stream.ts";
import { putRecordBatch } from "./operations/put-record-batch.ts";
import { putRecord } from "./operations/put-record.ts";
import { startDeliveryStreamEncryption } from "./operations/start-delivery-stream-encryption.ts";
import { stopDeliveryStreamEncryption } from "./operations/stop-delivery-stream-encryption.ts";
import { tagDeliveryStream } from "./operations/tag-delivery-stream.ts";
import { untagDeliveryStream } from "./operations/untag-delivery-stream.ts";
import { updateDestination } from "./operations/update-destination.ts";
import { FirehoseStore } from "./store.ts";

export interface FirehoseState {
  store: FirehoseStore;
  engine: DeliveryEngine;
}

export type Operation<N extends OperationName<"firehose">> = ServiceOperation<"firehose", N, FirehoseState>;

const service = defineService<"firehose", FirehoseState>({
  name: "firehose",
  protocol: "json",
  target: "Firehose_20150804",
  blobs: "bytes",
  sdk,
  access,
  constraints,
  store: (host, scope) => new FirehoseStore(host, scope),
  engine: (host) => new DeliveryEngine(host),
  refuses: {
    CreateDeliveryStream: [
      "RedshiftDestinationConfiguration",
      "ElasticsearchDestinationConfiguration",
      "AmazonopensearchserviceDestinationConfiguration",
      "AmazonOpenSearchServerlessDestinationConfiguration",
      "SplunkDestinationConfiguration",
      "HttpEndpointDestinationConfiguration",
      "SnowflakeDestinationConfiguration",
      "IcebergDestinationConfiguration",
      "MSKSourceConfiguration",
      "DatabaseSourceConfiguration",
    ],
    UpdateDestination: [
      "RedshiftDestinationUpdate",
      "ElasticsearchDestinationUpdate",
      "AmazonopensearchserviceDestinationUpdate",
      "AmazonOpenSearchServerlessDestinationUpdate",
      "SplunkDestinationUpdate",
      "HttpEndpointDestinationUpdate",
      "SnowflakeDestinationUpdate",
      "IcebergDestinationUpdate",
    ],
  },
  operations: {
    CreateDeliveryStream: createDeliveryStream,
    DeleteDeliveryStream: deleteDeliveryStream,
    DescribeDeliveryStream: describeDeliveryStream,
    ListDeliveryStreams: listDeliveryStreams,
    ListTagsForDeliveryStream: listTagsForDeliveryStream,
    PutRecord: putRecord,
    PutRecordBatch: putRecordBatch,
    StartDeliveryStreamEncryption: startDeliveryStreamEncryption,
    StopDeliveryStreamEncryption: stopDeliveryStreamEncryption,
    TagDeliveryStream: tagDeliveryStream,
    UntagDeliveryStream: untagDeliveryStream,
    UpdateDestination: updateDestination,
  },
});

export const firehose = measured(service);
