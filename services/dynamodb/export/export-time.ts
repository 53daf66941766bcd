import type { Window } from "../backups/recoveries.ts";
import { invalidRequest } from "../backups/errors.ts";
import { invalidExportTime } from "./errors.ts";
import type { ExportInput, Period } from "./model.ts";

const MINUTE_MS = 60 * 1000;
const SHORTEST_MS = 15 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** What of the type of an export needs no table. @throws AwsError ValidationException */
export function checkExportType({ ExportType, IncrementalExportSpecification: specification }: ExportInput): void {
  if (ExportType === "INCREMENTAL_EXPORT") {
    if (specification === undefined) {
      throw invalidRequest("Incremental Export Specification expected when export type is set as Incremental Export");
    }
    if (specification.ExportFromTime === undefined) {
      throw invalidRequest("ExportFromTime must be provided in IncrementalExportSpecification");
    }
    return;
  }
  if (specification === undefined) return;
  throw invalidRequest(
    ExportType === undefined
      ? "Export Type expected to be Incremental Export when incremental export specification is provided"
      : "When Export Type is Full Export , Incremental Export Specification should not be provided",
  );
}

/** The time of a full export: the present one unless said. @throws AwsError InvalidExportTimeException */
export function exportTimeOf({ ExportTime }: ExportInput, { earliest, latest }: Window): number {
  const time = ExportTime?.getTime() ?? latest;
  if (time > latest || time < earliest) throw invalidExportTime("Export Time is invalid");
  return time;
}

/** The period of an incremental export. @throws AwsError InvalidExportTimeException */
export function periodOf(
  { IncrementalExportSpecification: given }: ExportInput,
  createdAt: number,
  { earliest, latest }: Window,
): Period {
  const from = given?.ExportFromTime?.getTime() ?? 0;
  const to = given?.ExportToTime?.getTime() ?? latest;
  if (from < createdAt) {
    throw invalidExportTime(
      `Incremental export period from time cannot be less than the table creation time : ${seconds(from)}`,
    );
  }
  if (to > latest) {
    throw invalidExportTime(
      `Incremental export period to time cannot be greater than the current time : ${seconds(to)}`,
    );
  }
  if (from < earliest) {
    throw invalidExportTime("Point in Time Recovery is not available for specified export time");
  }
  const between = "Difference between export period from time and export period to time is";
  if (to - from < SHORTEST_MS) throw invalidExportTime(`${between} less than 15 minutes`);
  if (to - from > LONGEST_MS) throw invalidExportTime(`${between} greater than 24 hours`);
  return { from, to, view: given?.ExportViewType ?? "NEW_AND_OLD_IMAGES" };
}
