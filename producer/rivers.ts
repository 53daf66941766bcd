import type { RowEncoder } from "./produce.ts";

/** New York State Open Data, "Recommended Fishing Rivers and Streams". */
const COLUMNS = [
  "Waterbody Name",
  "Fish Species Present at Waterbody",
  "Comments",
  "Special Regulations on Waterbody",
  "County",
  "Types of Public Access",
  "Public Fishing Access Owner",
  "Waterbody Information",
  "Longitude",
  "Latitude",
  "Location",
];

const simplified = (header: string) => header.replaceAll(/[\s_]+/g, " ").toLowerCase();

const columnBySimplifiedName = new Map(COLUMNS.map((column) => [simplified(column), column]));

/** Longest partition key of Kinesis, in characters. */
const PARTITION_KEY_LIMIT = 256;

/**
 * Sends each row as JSON under its waterbody's name, with the time at which it was read as Timestamp. A file that has a
 * Timestamp column itself is refused: one of the two would be lost.
 */
export const rivers: RowEncoder = {
  requiredColumns: ["County"],
  addedFields: ["Timestamp"],

  /**
   * The state's own headers may be written with spaces or underscores, in any case, and the records carry them as the
   * state writes them. Any other header stays as it is.
   */
  columnName: (header) => columnBySimplifiedName.get(simplified(header)) ?? header,

  encode(values, now) {
    const county = values.County?.trim() ?? "";
    if (county === "") return { problem: "the County is empty" };
    const waterbody = values["Waterbody Name"]?.trim() ?? "";
    return {
      partitionKey: Array.from(waterbody || county)
        .slice(0, PARTITION_KEY_LIMIT)
        .join(""),
      data: Buffer.from(JSON.stringify({ ...values, County: county, Timestamp: now.toISOString() })),
    };
  },
};
