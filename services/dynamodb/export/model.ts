import type { Principal } from "../../../emulator/model/context.ts";
import type { LogPosition } from "../backups/change-log.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import type { Table } from "../model.ts";

/** What is kept of exports and imports, as long as they run and for 90 days. Times are epoch milliseconds. */

export interface Failure {
  readonly code: string;
  readonly message: string;
}

interface Job {
  readonly arn: string;
  readonly id: string;
  readonly tableArn: string;
  readonly tableId: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  readonly clientToken: string | undefined;
  /** Who asked for it: it is done with their permissions. */
  readonly principal: Principal;
}

/** The changes of a time: from its beginning on, and before its end. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly view: "NEW_IMAGE" | "NEW_AND_OLD_IMAGES";
}

export type ExportInput = InputOf<"dynamodb", "ExportTableToPointInTime">;
export type ImportInput = InputOf<"dynamodb", "ImportTable">;

export interface ExportJob extends Job {
  readonly input: ExportInput;
  /** The time of a full export. */
  readonly exportTime?: number;
  /** Of an export of the present: what is changed from here on is not part of it, whatever the clock says. */
  readonly end?: LogPosition;
  /** That of an incremental one. */
  readonly period?: Period;
  /** The table as it was when the export began. */
  readonly table: Table;
  /** Where what it writes is put together. */
  readonly scratch: readonly number[];
  readonly result?: {
    readonly itemCount: number;
    readonly billedSizeBytes: number;
    readonly manifestKey: string;
  };
}

export interface ImportCounts {
  readonly processedBytes: number;
  readonly processedItems: number;
  readonly importedItems: number;
  readonly errors: number;
}

export interface ImportJob extends Job {
  readonly input: ImportInput;
  readonly tableName: string;
  readonly counts?: ImportCounts;
}
