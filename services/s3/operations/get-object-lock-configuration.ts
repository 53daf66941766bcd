import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket, ObjectLockConfigurationNotFoundError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
 */
export const getObjectLockConfiguration: Operation<"GetObjectLockConfiguration"> = (ctx, input) => {
  const { name, objectLock } = ctx.store.bucket(input);
  if (!objectLock) {
    throw notConfigured(
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
      name,
    );
  }
  const { default: byDefault } = objectLock;
  return {
    ObjectLockConfiguration: {
      ObjectLockEnabled: "Enabled",
      ...(byDefault && {
        Rule: {
          DefaultRetention: {
            Mode: byDefault.mode,
            ...(byDefault.days === undefined ? { Years: byDefault.years } : { Days: byDefault.days }),
          },
        },
      }),
    },
  };
};
