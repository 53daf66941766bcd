import type { Storage, Table } from "../../emulator/storage/storage.ts";
import type { Content, Counters, MessageState } from "./model.ts";

/** A message that a FIFO queue took: what the same deduplication id gets for five minutes. */
export interface Sent {
  readonly messageId: string;
  readonly sequenceNumber?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a ReceiveMessage with a ReceiveRequestAttemptId gave out. */
export interface Attempt {
  readonly at: number;
  readonly messages: readonly { readonly number: number; readonly receipt: string; readonly until: number }[];
}

/** What is kept of a queue's messages; every key begins with the queue's id. */
export interface Tables {
  /** [id, number] */
  readonly contents: Table<Content>;
  /** [id, number] */
  readonly states: Table<MessageState>;
  /**
   * [id, lane, at, number], [id, "age", sentAt, number], [id, "group", group, number], [id, "duplicate", at, scope,
   * deduplication id], [id, "attempt", at, attempt]
   */
  readonly index: Table<1>;
  /** [id] */
  readonly counters: Table<Counters>;
  /** [id, group] */
  readonly groups: Table<{ readonly flight: number; readonly listed?: number }>;
  /** [id, scope, deduplication id] */
  readonly duplicates: Table<Sent>;
  /** [id, attempt] */
  readonly attempts: Table<Attempt>;
}

export const openTables = (storage: Storage): Tables => ({
  contents: storage.table("sqs/contents"),
  states: storage.table("sqs/states"),
  index: storage.table("sqs/index"),
  counters: storage.table("sqs/counters"),
  groups: storage.table("sqs/groups"),
  duplicates: storage.table("sqs/duplicates"),
  attempts: storage.table("sqs/attempts"),
});
