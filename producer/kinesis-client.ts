import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * A client of Kinesis over HTTP/1.1, on connections that are kept. The SDK's own choice is HTTP/2, whose sessions LocalStack
 * ends while calls are under way.
 * @param requestTimeoutMs how long a call may take; as long as it likes unless given
 */
export const kinesisClient = (config: KinesisClientConfig, requestTimeoutMs?: number): KinesisClient =>
  new KinesisClient({
    ...config,
    requestHandler: new NodeHttpHandler({ requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true }),
  });
