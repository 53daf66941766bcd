import { choice, object, text } from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfiguration.html */
export const loggingProperty = object({
  DestinationBucketName: text(),
  LogFilePrefix: text(),
  TargetObjectKeyFormat: object({
    SimplePrefix: object({}),
    PartitionedPrefix: object({ PartitionDateSource: choice("EventTime", "DeliveryTime") }),
  }),
});

type Logging = Values<{ LoggingConfiguration: typeof loggingProperty }>["LoggingConfiguration"];

/** Without a destination a bucket logs to itself; a template that no longer speaks of it switches it off. */
export function loggingStatusOf(bucket: string, logging: Logging) {
  if (!logging) return {};
  const { DestinationBucketName: target = bucket, LogFilePrefix: prefix = "", TargetObjectKeyFormat: format } = logging;
  return {
    LoggingEnabled: {
      TargetBucket: target,
      TargetPrefix: prefix,
      ...(format && { TargetObjectKeyFormat: format }),
    },
  };
}
