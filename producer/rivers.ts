import type { Producer } from "./produce.ts";

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

/** Sends each row as JSON, with a timestamp, under its waterbody's name. */
export const rivers: Producer = {
  requiredColumns: ["County"],

  /** Headers are written with spaces or underscores, in any case; the records always carry the state's own. */
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
