import { gunzipSync } from "node:zlib";
import { isAlive, type Item } from "./item.ts";

/** What a record may unpack to: far above what CloudWatch Logs sends, far below what hurts. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Unpacks what CloudWatch Logs sends: gzip of one JSON document.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html
 */
export function decompress(items: readonly Item[], extractsMessages: boolean, nowMs: number): void {
  for (const item of items.filter(isAlive)) {
    try {
      const data = gunzipSync(item.data, { maxOutputLength: MOST_BYTES });
      const document: unknown = JSON.parse(data.toString("utf8"));
      item.data = extractsMessages ? messagesOf(document) : data;
    } catch (error) {
      item.failure = {
        type: "decompression-failed",
        code: "Decompression failed.",
        message: `The record is not what CloudWatch Logs sends: ${(error as Error).message}`,
        attempts: 1,
        endedAt: nowMs,
      };
    }
  }
}

/** The messages of a document of CloudWatch Logs, a line feed behind each. A control message has none. */
function messagesOf(document: unknown): Buffer {
  const { messageType, logEvents } = Object(document) as { messageType?: unknown; logEvents?: unknown };
  if (messageType === "CONTROL_MESSAGE") return Buffer.alloc(0);
  if (!Array.isArray(logEvents)) throw new Error("it has no logEvents");
  return Buffer.from(
    logEvents
      .map((event: unknown) => {
        const { message } = Object(event) as { message?: unknown };
        if (typeof message !== "string") throw new Error("a log event has no message");
        return `${message}\n`;
      })
      .join(""),
  );
}
