import type { Host } from "../../emulator/model/context.ts";
import type { Metrics, MetricUnit } from "../../emulator/runtime/metrics.ts";
import { attributeBytes } from "./message-attributes.ts";
import type { Draft } from "./message-store.ts";
import type { Queue } from "./model.ts";
import type { SqsStore } from "./store.ts";

type Publisher = { readonly metrics: Metrics; readonly clock: Host["clock"] };

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function publish(
  { metrics, clock }: Publisher,
  queue: Queue,
  name: string,
  value: number,
  unit: MetricUnit = "Count",
) {
  const dimensions = { QueueName: queue.name };
  metrics.record(queue, { namespace: "AWS/SQS", name, dimensions, value, unit }, clock.now());
}

/** What a queue holds, once a minute. */
export function publishGauges(host: Host, store: SqsStore): void {
  for (const queue of [...store.all()]) {
    const { ready, flight, delay } = store.messages.counters(queue);
    const oldest = store.messages.oldestSentAt(queue);
    publish(host, queue, "ApproximateNumberOfMessagesVisible", ready);
    publish(host, queue, "ApproximateNumberOfMessagesNotVisible", flight);
    publish(host, queue, "ApproximateNumberOfMessagesDelayed", delay);
    const ageSeconds = oldest === undefined ? 0 : Math.floor((host.clock.now() - oldest) / 1000);
    publish(host, queue, "ApproximateAgeOfOldestMessage", ageSeconds, "Seconds");
  }
}

export function publishSent(publisher: Publisher, queue: Queue, drafts: readonly Draft[]): void {
  if (drafts.length === 0) return;
  publish(publisher, queue, "NumberOfMessagesSent", drafts.length);
  for (const { content } of drafts) {
    const bytes = Buffer.byteLength(content.body) + attributeBytes(content.attributes);
    publish(publisher, queue, "SentMessageSize", bytes, "Bytes");
  }
}
