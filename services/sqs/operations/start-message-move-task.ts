import { invalidParameter, invalidValue } from "../errors.ts";
import type { Operation } from "../index.ts";
import { isFifo, type MoveTask } from "../model.ts";
import { isActive, requireByArn, writeTaskHandle } from "../move-tasks.ts";

const MOST_PER_SECOND = 500;
/** Finished tasks that are kept, for ListMessageMoveTasks. */
const MOST_KEPT = 10;

/**
 * Begins to move the messages of a dead-letter queue to another queue, or back to where each came from.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export const startMessageMoveTask: Operation<"StartMessageMoveTask"> = (ctx, input) => {
  const { store } = ctx;
  const source = requireByArn(store, "SourceArn", input.SourceArn);
  if (store.sourcesOf(source).length === 0) {
    throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
  }
  if (input.DestinationArn !== undefined) {
    const target = requireByArn(store, "DestinationArn", input.DestinationArn);
    if (target.id === source.id)
      throw invalidParameter("Source queue arn and destination queue arn cannot be the same.");
    if (isFifo(target) !== isFifo(source)) {
      throw invalidParameter("Source queue and destination queue must be of the same type.");
    }
  }
  const perSecond = input.MaxNumberOfMessagesPerSecond;
  if (perSecond !== undefined && (perSecond < 1 || perSecond > MOST_PER_SECOND)) {
    throw invalidValue(
      perSecond,
      "MaxNumberOfMessagesPerSecond",
      `Must be between 1 and ${MOST_PER_SECOND}, if provided.`,
    );
  }
  const before = store.moveTasks(input.SourceArn);
  if (before.some(isActive)) {
    throw invalidParameter(
      "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
    );
  }
  for (const old of before.slice(MOST_KEPT - 1)) store.removeMoveTask(old);
  const task: MoveTask = {
    account: ctx.account,
    region: ctx.region,
    id: ctx.ids.uuid(),
    sourceArn: input.SourceArn,
    ...(input.DestinationArn !== undefined && { destinationArn: input.DestinationArn }),
    ...(perSecond !== undefined && { messagesPerSecond: perSecond }),
    status: "RUNNING",
    moved: 0,
    toMove: store.messages.counters(source).ready,
    startedAt: ctx.clock.now(),
  };
  store.putMoveTask(task);
  ctx.engine.move(task);
  return { TaskHandle: writeTaskHandle(task) };
};
