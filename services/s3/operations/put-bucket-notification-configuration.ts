import { checkDocumentDigests } from "../document-digests.ts";
import { unableToValidate } from "../errors.ts";
import { callToDestination, testEvent } from "../destinations.ts";
import type { Operation } from "../index.ts";
import { checkNotifications } from "../notification-rules.ts";

/**
 * Says whom a bucket tells of its events, in the place of what was said before. Each destination has to let S3 in; queues and
 * topics that are new get a test event.
 * @throws NoSuchBucket, MalformedXML, InvalidArgument, NotImplemented for EventBridge
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export const putBucketNotificationConfiguration: Operation<"PutBucketNotificationConfiguration"> = async (
  ctx,
  input,
) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const notifications = checkNotifications(input.NotificationConfiguration, ctx.ids);
  if (!input.SkipDestinationValidation) {
    const known = new Set(bucket.notifications?.map(({ arn }) => arn));
    const failures: { arn: string; reason: string }[] = [];
    for (const destination of new Map(notifications.map((one) => [one.arn, one])).values()) {
      const reason = await callToDestination(ctx, bucket, destination, testEvent(ctx, bucket), known);
      if (reason !== undefined) failures.push({ arn: destination.arn, reason });
    }
    if (failures.length > 0) throw unableToValidate(failures);
  }
  const { notifications: _before, ...rest } = ctx.store.bucket(input);
  ctx.store.updateBucket({ ...rest, ...(notifications.length > 0 && { notifications }) });
  return {};
};
