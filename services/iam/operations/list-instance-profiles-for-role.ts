import type { Operation } from "../index.ts";

/**
 * Lists the instance profiles of a role: there are none, for there are no instances.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html
 */
export const listInstanceProfilesForRole: Operation<"ListInstanceProfilesForRole"> = (ctx, input) => {
  ctx.store.role(input.RoleName);
  return { InstanceProfiles: [], IsTruncated: false };
};
