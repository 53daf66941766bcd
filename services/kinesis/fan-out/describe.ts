import type { Consumers, Consumer } from "./consumers.ts";

const STATUS = { create: "CREATING", delete: "DELETING" } as const;

/** A consumer in the words of RegisterStreamConsumer and ListStreamConsumers. */
export const describeConsumer = (consumers: Consumers, consumer: Consumer) => ({
  ConsumerName: consumer.name,
  ConsumerARN: consumers.arn(consumer),
  ConsumerStatus: consumer.transition ? STATUS[consumer.transition] : ("ACTIVE" as const),
  ConsumerCreationTimestamp: new Date(consumer.createdSeconds * 1000),
});
