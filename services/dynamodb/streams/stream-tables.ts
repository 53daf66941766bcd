import type { Storage, Table as StorageTable } from "../../../emulator/storage/storage.ts";
import type { Stream } from "./model.ts";
import { RecordLog } from "./record-log.ts";

/** Where the streams of all tables are kept: written by the tables' service, read by that of the streams. */
export interface StreamTables {
  /** By account, region, table and label. */
  readonly streams: StorageTable<Stream>;
  readonly records: RecordLog;
}

export const openStreamTables = (storage: Storage): StreamTables => ({
  streams: storage.table("dynamodb/streams"),
  records: new RecordLog(storage.table("dynamodb/stream-records", { keys: "binary", values: "string" })),
});
