import type { Host } from "../../emulator/model/context.ts";
import type { MetricUnit } from "../../emulator/runtime/metrics.ts";
import { parseTopicArn } from "./arn.ts";

/**
 * Publishes a metric of a topic.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function recordMetric(
  { metrics, clock }: Pick<Host, "metrics" | "clock">,
  topicArn: string,
  name: string,
  value = 1,
  unit: MetricUnit = "Count",
): void {
  const { account, region, name: topic } = parseTopicArn(topicArn);
  metrics.record(
    { account, region },
    { namespace: "AWS/SNS", name, dimensions: { TopicName: topic }, value, unit },
    clock.now(),
  );
}
