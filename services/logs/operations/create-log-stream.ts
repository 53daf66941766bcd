import type { Operation } from "../index.ts";

/**
 * Creates a log stream in a group.
 * @throws ResourceNotFoundException, ResourceAlreadyExistsException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
 */
export const createLogStream: Operation<"CreateLogStream"> = (ctx, input) => {
  ctx.store.addStream(input.logGroupName, {
    name: input.logStreamName,
    createdAt: ctx.clock.now(),
    nextNumber: 0,
    storedBytes: 0,
  });
  return {};
};
