import { invalidValue, missingParameter } from "./errors.ts";
import type { Queue } from "./model.ts";
import { readReceiptHandle } from "./receipt-handle.ts";
import type { SqsStore } from "./store.ts";

const LONGEST_SECONDS = 43_200;

interface Change {
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number | undefined;
}

/** Sets the visibility timeout of one message. @throws InvalidParameterValue, ReceiptHandleIsInvalid, MessageNotInflight */
export function changeVisibility(store: SqsStore, queue: Queue, { ReceiptHandle, VisibilityTimeout }: Change): void {
  const handle = readReceiptHandle(queue, ReceiptHandle);
  if (VisibilityTimeout === undefined) throw missingParameter("VisibilityTimeout");
  if (VisibilityTimeout < 0 || VisibilityTimeout > LONGEST_SECONDS) {
    throw invalidValue(VisibilityTimeout, "VisibilityTimeout", "Must be between 0 and 43200.");
  }
  const words = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
  const tooLong = invalidValue(VisibilityTimeout, "VisibilityTimeout", words);
  store.messages.changeVisibility(queue, handle, VisibilityTimeout * 1000, tooLong);
}
