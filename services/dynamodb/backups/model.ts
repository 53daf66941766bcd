import type { ReplicaFilling } from "../global-tables/model.ts";
import type { Table } from "../model.ts";

/** What is kept of backups and of what becomes of them. Times are epoch milliseconds. */

/** Point-in-time recovery of a table. */
export interface Recovery {
  /** The space of its log: what each item was before each change. */
  readonly log: number;
  readonly enabledAt: number;
  readonly periodDays: number;
}

/** The items of a table, as they were at a time, on their way into another space. */
export interface Snapshot {
  /** The space that they come from. */
  readonly space: number;
  /** The log of what has changed there since. Without one, nothing has. */
  readonly log?: number;
  /** The changes at this time and later are undone. */
  readonly since: number;
  /** Of those at this very time, from this one on. */
  readonly sinceNumber?: number;
  readonly phase: "copying" | "undoing";
  /** How far it has come in this phase: the last key that was read. */
  readonly at?: Uint8Array;
}

/** What a table in the state CREATING waits for. */
export type Filling =
  | {
      readonly kind: "restore";
      readonly snapshot: Snapshot;
      readonly sourceTableArn: string;
      readonly sourceBackupArn?: string;
      /** The time that is restored. */
      readonly restoredTo: number;
    }
  | { readonly kind: "import"; readonly importArn: string }
  | ReplicaFilling;

export interface Backup {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly type: "USER" | "SYSTEM";
  readonly createdAt: number;
  /** Of those that the deletion of a table leaves. */
  readonly expiresAt?: number;
  /** The table as it was. */
  readonly table: Table;
  readonly itemCount: number;
  readonly sizeBytes: number;
  /** Where its items stand. */
  readonly space: number;
  /** While it is being made. */
  readonly snapshot?: Snapshot;
}

/** Of exports, imports and backups: its time in milliseconds, and what tells it from others of that time. */
export const jobId = (now: number, suffix: string): string => `${String(now).padStart(14, "0")}-${suffix}`;
