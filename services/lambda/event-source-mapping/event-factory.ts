import type { SourceRecord } from "./model.ts";

/** Records for tests of the pure core: sequence numbers are their places, ages and sizes as said. */
export const records = (count: number, of: Partial<SourceRecord> = {}): SourceRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(1000 + index),
    partitionKey: "key",
    arrivedAt: 0,
    readAt: 0,
    json: "{}",
    sizeBytes: 2,
    ordinal: index,
    ...of,
  }));
