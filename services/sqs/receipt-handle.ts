import { invalidReceiptHandle, missingParameter } from "./errors.ts";
import type { Queue, Received } from "./model.ts";

export interface ReceiptHandle {
  readonly number: number;
  readonly receipt: string;
  /** As the client gave it. */
  readonly text: string;
}

/** What receipt handles of SQS begin with. */
const HEAD = "AQEB";

export const writeReceiptHandle = ({ id }: Queue, { number, state }: Received): string =>
  HEAD + Buffer.from(`${id}:${number}:${state.receipt ?? ""}`).toString("base64");

/** @throws ReceiptHandleIsInvalid for text that is no handle of this queue */
export function readReceiptHandle({ id }: Queue, text: string | undefined): ReceiptHandle {
  if (text === undefined) throw missingParameter("ReceiptHandle");
  const plain = text.startsWith(HEAD) ? Buffer.from(text.slice(HEAD.length), "base64").toString("utf8") : "";
  const [, queueId, number = "", receipt = ""] = /^([0-9a-f]+):(\d+):([0-9a-f]+)$/.exec(plain) ?? [];
  if (queueId !== id) throw invalidReceiptHandle(text);
  return { number: Number(number), receipt, text };
}
