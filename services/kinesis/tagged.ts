import type { Context } from "../../emulator/model/context.ts";
import { notAStreamArn } from "./errors.ts";
import { consumerNotActive } from "./fan-out/errors.ts";
import { findConsumer } from "./fan-out/resolve.ts";
import type { KinesisState } from "./index.ts";
import { findStream, requireActive } from "./resolve.ts";

type KinesisContext = Context<KinesisState>;
type Tags = Readonly<Record<string, string>>;

/** What a `ResourceARN` names: a stream or a consumer. */
interface Tagged {
  /** The stream's, also of a consumer. */
  readonly stream: string;
  readonly tags: Tags;
  /** @throws ResourceInUseException unless it is ACTIVE */
  requireActive(): void;
  setTags(tags: Tags): void;
}

const RESOURCE_ARN = /^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream\/[^/]+(\/consumer\/[^/]+)?$/;

/** @throws ResourceNotFoundException, InvalidArgumentException */
export function taggedResource(ctx: KinesisContext, resourceArn: string): Tagged {
  const resource = RESOURCE_ARN.exec(resourceArn);
  if (!resource) throw notAStreamArn(resourceArn);
  return resource[1] === undefined ? taggedStream(ctx, resourceArn) : taggedConsumer(ctx, resourceArn);
}

function taggedStream(ctx: KinesisContext, StreamARN: string): Tagged {
  const live = findStream(ctx, { StreamARN });
  return {
    stream: live.stream.name,
    tags: live.stream.tags,
    requireActive: () => requireActive(ctx, live),
    setTags: (tags) => ctx.store.update(live, { tags }),
  };
}

function taggedConsumer(ctx: KinesisContext, ConsumerARN: string): Tagged {
  const consumer = findConsumer(ctx, { ConsumerARN });
  return {
    stream: consumer.stream,
    tags: consumer.tags,
    requireActive: () => {
      if (consumer.transition) throw consumerNotActive(consumer, ctx.account);
    },
    setTags: (tags) => ctx.store.consumers.setTags(consumer, tags),
  };
}
