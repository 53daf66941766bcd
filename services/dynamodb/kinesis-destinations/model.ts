/** A Kinesis stream that the changes of a table go to. A table has one at a time; those before it are shown for a day. */
export interface KinesisDestination {
  readonly streamArn: string;
  readonly status: "ENABLING" | "ACTIVE" | "UPDATING" | "DISABLING" | "DISABLED" | "ENABLE_FAILED";
  /** Why it could not be enabled. */
  readonly description?: string;
  /** Milliseconds, and not shown, where nobody has said. */
  readonly precision?: "MILLISECOND" | "MICROSECOND";
  /** The space of its outbox, see outbox.ts. */
  readonly space: number;
  /** When it was disabled, or found to be none; epoch milliseconds. */
  readonly endedAt?: number;
}

/** What takes changes: they go on while the precision is changed. */
export const takesChanges = ({ status }: KinesisDestination): boolean => status === "ACTIVE" || status === "UPDATING";

/** One that is not at its end: while there is one, no other can be enabled. */
export const isLive = ({ status }: KinesisDestination): boolean => status !== "DISABLED" && status !== "ENABLE_FAILED";
