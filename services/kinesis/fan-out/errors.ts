import {
  InvalidArgumentException$,
  LimitExceededException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
} from "@aws-sdk/client-kinesis";
import { AwsError } from "../../../emulator/model/errors.ts";
import { shardId } from "../shard-id.ts";
import type { Consumer } from "./consumers.ts";

type Named = Pick<Consumer, "name" | "stream" | "createdSeconds">;

const invalidArgument = (message: string) => new AwsError(InvalidArgumentException$, message);
const inUse = (message: string) => new AwsError(ResourceInUseException$, message);
const notFound = (message: string) => new AwsError(ResourceNotFoundException$, message);
const limitExceeded = (message: string) => new AwsError(LimitExceededException$, message);

export const noConsumerGiven = () =>
  invalidArgument("Either ConsumerARN or both StreamARN and ConsumerName must be provided.");

export const consumerMismatch = (arn: string, member: "StreamARN" | "ConsumerName", value: string) =>
  invalidArgument(`${member} ${value} does not match the consumer of ConsumerARN ${arn}.`);

export const consumerNotFound = (name: string, stream: string, account: string) =>
  notFound(`Consumer ${name} under stream ${stream} and account ${account} not found.`);

export const consumerArnNotFound = (arn: string) => notFound(`Consumer ${arn} not found.`);

export const consumerExists = (name: string, stream: string, account: string) =>
  inUse(`Consumer ${name} under stream ${stream} already exists for account ${account}.`);

export const consumerNotActive = ({ name, stream, createdSeconds }: Named, account: string) =>
  inUse(
    `Consumer ${name} with creation timestamp ${createdSeconds} under stream ${stream} and account ${account} is not in ` +
      "ACTIVE status.",
  );

export const tooManyConsumers = (stream: string, account: string, limit: number) =>
  limitExceeded(
    `This request would exceed the limit of ${limit} registered consumers for stream ${stream} under account ${account}.`,
  );

export const tooManyCreatingConsumers = (account: string, limit: number) =>
  limitExceeded(
    `This request would exceed the limit of ${limit} consumers in the CREATING state for the account ${account}.`,
  );

export const streamHasConsumers = (stream: string, account: string) =>
  inUse(
    `DeleteStream can't delete ${account}:${stream} because there are consumers associated with this data stream. To ` +
      `delete ${stream} anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the ` +
      "consumers that are associated with it.",
  );

/** For the second subscription within five seconds, and for the first one when a later one takes its place. */
export const anotherSubscription = ({ name, stream }: Named, shard: number, account: string) =>
  inUse(`Another active subscription exists for this consumer: ${account}:${stream}:${shardId(shard)}:${name}`);
