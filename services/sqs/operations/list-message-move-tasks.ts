import { invalidValue } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireByArn, writeTaskHandle } from "../move-tasks.ts";

const MOST_RESULTS = 10;

/**
 * The last tasks that move messages out of a queue, the youngest first; only a running one has a handle.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
 */
export const listMessageMoveTasks: Operation<"ListMessageMoveTasks"> = (ctx, input) => {
  requireByArn(ctx.store, "SourceArn", input.SourceArn);
  const most = input.MaxResults ?? 1;
  if (most < 1 || most > MOST_RESULTS) {
    throw invalidValue(most, "MaxResults", `Must be between 1 and ${MOST_RESULTS}, if provided.`);
  }
  const Results = ctx.store
    .moveTasks(input.SourceArn)
    .slice(0, most)
    .map((task) => ({
      ...(task.status === "RUNNING" && { TaskHandle: writeTaskHandle(task) }),
      Status: task.status,
      SourceArn: task.sourceArn,
      ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
      ...(task.messagesPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.messagesPerSecond }),
      ApproximateNumberOfMessagesMoved: task.moved,
      ApproximateNumberOfMessagesToMove: task.toMove,
      ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
      StartedTimestamp: task.startedAt,
    }));
  return { Results };
};
