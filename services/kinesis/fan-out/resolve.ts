import type { Context } from "../../../emulator/model/context.ts";
import type { KinesisState } from "../index.ts";
import { streamName } from "../resolve.ts";
import type { Consumer } from "./consumers.ts";
import { consumerArnNotFound, consumerMismatch, consumerNotFound, noConsumerGiven } from "./errors.ts";

type KinesisContext = Context<KinesisState>;

/** How an operation says which consumer it means: by its ARN, or by its stream and name, or by all three. */
export interface ConsumerChoice {
  readonly ConsumerARN?: string | undefined;
  readonly StreamARN?: string | undefined;
  readonly ConsumerName?: string | undefined;
}

const CONSUMER_ARN = /^(arn:[^:]+:kinesis:[^:]*:\d{12}:stream\/([^/]+))\/consumer\/([^/:]+):\d+$/;

/** @throws ResourceNotFoundException, InvalidArgumentException */
export function findConsumer(ctx: KinesisContext, choice: ConsumerChoice): Consumer {
  const { ConsumerARN: arn, StreamARN: streamArn, ConsumerName: name } = choice;
  if (arn !== undefined) return findByArn(ctx, arn, choice);
  if (streamArn === undefined || name === undefined) throw noConsumerGiven();
  const stream = streamName(ctx, { StreamARN: streamArn });
  const consumer = ctx.store.consumers.find(stream, name);
  if (!consumer) throw consumerNotFound(name, stream, ctx.account);
  return consumer;
}

function findByArn(ctx: KinesisContext, arn: string, { StreamARN, ConsumerName }: ConsumerChoice): Consumer {
  const [, streamArn, stream = "", name = ""] = CONSUMER_ARN.exec(arn) ?? [];
  if (StreamARN !== undefined && StreamARN !== streamArn) throw consumerMismatch(arn, "StreamARN", StreamARN);
  if (ConsumerName !== undefined && ConsumerName !== name) throw consumerMismatch(arn, "ConsumerName", ConsumerName);
  const consumer = ctx.store.consumers.find(stream, name);
  // to the letter: one of this name that was registered later has another ARN
  if (!consumer || ctx.store.consumers.arn(consumer) !== arn) throw consumerArnNotFound(arn);
  return consumer;
}
