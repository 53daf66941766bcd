import { invalidParameter, resourceNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { readTaskHandle, requireByArn } from "../move-tasks.ts";

/**
 * Ends a task that moves messages; what it moved stays where it is.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html
 */
export const cancelMessageMoveTask: Operation<"CancelMessageMoveTask"> = (ctx, input) => {
  const { taskId, sourceArn } = readTaskHandle(input.TaskHandle);
  requireByArn(ctx.store, "SourceArn", sourceArn);
  const task = ctx.store.moveTasks(sourceArn).find(({ id }) => id === taskId);
  if (!task) throw resourceNotFound("Task does not exist.");
  if (task.status !== "RUNNING") throw invalidParameter("Only active tasks can be cancelled.");
  ctx.store.putMoveTask({ ...task, status: "CANCELLING" });
  return { ApproximateNumberOfMessagesMoved: task.moved };
};
