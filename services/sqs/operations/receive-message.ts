import type { Context } from "../../../emulator/model/context.ts";
import { invalidValue } from "../errors.ts";
import type { Operation, SqsState } from "../index.ts";
import type { Reception } from "../message-store.ts";
import { publish } from "../metrics.ts";
import { isFifo, milliseconds, queueArn, topicOf } from "../model.ts";
import type { Queue } from "../model.ts";
import { requireQueue } from "../queue-reference.ts";
import { checkSystemAttributeNames, messageOf } from "../received-message.ts";
import { deadLettersOf } from "../redrive.ts";

const LONGEST_VISIBILITY_SECONDS = 43_200;
const LONGEST_WAIT_SECONDS = 20;
const MOST_MESSAGES = 10;
const ATTEMPT_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

type Input = Parameters<Operation<"ReceiveMessage">>[1];

/**
 * Takes up to ten messages, which nobody else receives until their visibility timeout ends; waits for the first one as long
 * as the request or the queue says.
 * @throws QueueDoesNotExist, OverLimit, InvalidParameterValue, InvalidAttributeName
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export const receiveMessage: Operation<"ReceiveMessage"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  checkInput(queue, input);
  const waitMs =
    input.WaitTimeSeconds === undefined
      ? milliseconds(queue, "ReceiveMessageWaitTimeSeconds")
      : input.WaitTimeSeconds * 1000;
  const reception = receive(ctx, queue, input);
  if (reception.messages.length > 0 || waitMs === 0) return answer(ctx, queue, input, reception);
  return waitForOne(ctx, queue, input, waitMs);
};

function checkInput(queue: Queue, input: Input): void {
  const between = (value: number | undefined, parameter: string, least: number, most: number, words: string) => {
    if (value !== undefined && (value < least || value > most)) throw invalidValue(value, parameter, words);
  };
  between(input.MaxNumberOfMessages, "MaxNumberOfMessages", 1, MOST_MESSAGES, "Must be between 1 and 10, if provided.");
  between(
    input.VisibilityTimeout,
    "VisibilityTimeout",
    0,
    LONGEST_VISIBILITY_SECONDS,
    "Must be >= 0 and <= 43200, if provided.",
  );
  between(input.WaitTimeSeconds, "WaitTimeSeconds", 0, LONGEST_WAIT_SECONDS, "Must be >= 0 and <= 20, if provided.");
  checkSystemAttributeNames(input);
  const attempt = input.ReceiveRequestAttemptId;
  if (attempt === undefined) return;
  if (!isFifo(queue)) {
    const words = "The request include parameter that is not valid for this queue type.";
    throw invalidValue(attempt, "ReceiveRequestAttemptId", words);
  }
  if (!ATTEMPT_ID.test(attempt)) {
    const words =
      "ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.";
    throw invalidValue(attempt, "ReceiveRequestAttemptId", words);
  }
}

function receive(ctx: Context<SqsState>, queue: Queue, input: Input): Reception {
  const { VisibilityTimeout, ReceiveRequestAttemptId } = input;
  const deadLetters = deadLettersOf(ctx.store, queue);
  const reception = ctx.store.messages.receive(queue, {
    most: input.MaxNumberOfMessages ?? 1,
    visibilityMs: VisibilityTimeout === undefined ? milliseconds(queue, "VisibilityTimeout") : VisibilityTimeout * 1000,
    ...(ReceiveRequestAttemptId !== undefined && { attemptId: ReceiveRequestAttemptId }),
    ...(deadLetters && { deadLetters }),
  });
  if (reception.messages.length > 0 || reception.deadLettered > 0) ctx.engine.arm(queue);
  if (reception.deadLettered > 0 && deadLetters) ctx.engine.changed(deadLetters.queue);
  return reception;
}

/** Ends with a message, with the time, with the client, or with the queue. */
function waitForOne(ctx: Context<SqsState>, queue: Queue, input: Input, waitMs: number) {
  return new Promise<ReturnType<typeof answer>>((resolve, reject) => {
    const finish = (settle: () => void) => {
      unlisten();
      timer.cancel();
      ctx.signal.removeEventListener("abort", onAbort);
      settle();
    };
    const look = () => {
      try {
        // its attributes may have changed while it was waited for
        const current = ctx.store.findByArn(queueArn(queue));
        if (current?.id !== queue.id) return finish(() => resolve(answer(ctx, queue, input, NOTHING)));
        // of all that wait for a message, one gets it: the others look only
        if (!ctx.store.messages.hasReady(current)) return;
        const reception = receive(ctx, current, input);
        if (reception.messages.length > 0) finish(() => resolve(answer(ctx, current, input, reception)));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const onAbort = () => finish(() => resolve(answer(ctx, queue, input, NOTHING)));
    const unlisten = ctx.signals.listen(topicOf(queue), look);
    const timer = ctx.scheduler.after(waitMs, () => finish(() => resolve(answer(ctx, queue, input, NOTHING))));
    ctx.signal.addEventListener("abort", onAbort, { once: true });
    if (ctx.signal.aborted) onAbort();
  });
}

const NOTHING: Reception = { messages: [], deadLettered: 0 };

function answer(ctx: Context<SqsState>, queue: Queue, input: Input, { messages }: Reception) {
  if (messages.length === 0) {
    publish(ctx, queue, "NumberOfEmptyReceives", 1);
    return {};
  }
  publish(ctx, queue, "NumberOfMessagesReceived", messages.length);
  return { Messages: messages.map((message) => messageOf(queue, message, input)) };
}
