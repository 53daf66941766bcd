import { unsupported } from "../../../emulator/model/errors.ts";
import { mergeTags } from "../tags.ts";
import type { Operation } from "../index.ts";

/**
 * Creates a log group.
 * @throws ResourceAlreadyExistsException, InvalidParameterException, LimitExceededException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
 */
export const createLogGroup: Operation<"CreateLogGroup"> = (ctx, input) => {
  if (input.kmsKeyId !== undefined) throw unsupported("kmsKeyId of a log group");
  if (input.logGroupClass !== undefined && input.logGroupClass !== "STANDARD") {
    throw unsupported(`The log group class ${input.logGroupClass}`);
  }
  if (input.deletionProtectionEnabled === true) throw unsupported("Deletion protection of a log group");
  ctx.store.addGroup({
    name: input.logGroupName,
    createdAt: ctx.clock.now(),
    id: ctx.ids.hex(16),
    tags: mergeTags({}, input.tags ?? {}),
  });
  return {};
};
