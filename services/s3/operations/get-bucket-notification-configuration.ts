import type { Operation } from "../index.ts";
import { notificationConfiguration } from "../notification-rules.ts";

/**
 * Whom the bucket tells of its events; nothing, when it tells nobody.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
 */
export const getBucketNotificationConfiguration: Operation<"GetBucketNotificationConfiguration"> = (ctx, input) =>
  notificationConfiguration(ctx.store.bucket(input).notifications ?? []);
