import type { Host } from "../../emulator/model/context.ts";
import { HashThreads } from "../../emulator/runtime/hash-threads.ts";
import type { Storage } from "../../emulator/storage/storage.ts";
import { LogTable } from "./access-log/log-table.ts";
import { Bodies } from "./bodies.ts";
import { BucketTable } from "./bucket-table.ts";
import { EventTable } from "./event-table.ts";
import type { PartRecord } from "./model.ts";
import { ObjectTable } from "./object-table.ts";
import { RestorationTable } from "./restoration-table.ts";
import { UploadTable } from "./upload-table.ts";
import { VersionTable } from "./version-table.ts";

export interface Tables {
  readonly buckets: BucketTable;
  readonly objects: ObjectTable;
  readonly uploads: UploadTable;
  readonly events: EventTable;
  readonly restorations: RestorationTable;
  readonly accessLog: LogTable;
  readonly bodies: Bodies;
  readonly hashThreads: HashThreads;
}

/** Bucket names are unique over accounts and regions, so all stores of an emulator share their tables. */
const tablesOf = new WeakMap<Storage, Tables>();

export function openTables({ storage, ids }: Host): Tables {
  const opened = tablesOf.get(storage);
  if (opened) return opened;
  const bodies = new Bodies(storage, ids);
  const parts = storage.table<PartRecord>("s3/parts");
  const tables: Tables = {
    buckets: new BucketTable(storage.table("s3/buckets"), storage.table("s3/bucket-names", { values: "string" })),
    objects: new ObjectTable({
      objects: storage.table("s3/objects", { keys: "binary" }),
      versions: new VersionTable(storage.table("s3/versions", { keys: "binary" })),
      parts,
      bodies,
      ids,
    }),
    uploads: new UploadTable(storage.table("s3/uploads", { keys: "binary" }), parts, bodies),
    events: new EventTable(storage.table("s3/events")),
    restorations: new RestorationTable(storage.table("s3/restoration-ends")),
    accessLog: new LogTable(storage),
    bodies,
    hashThreads: new HashThreads(),
  };
  tablesOf.set(storage, tables);
  return tables;
}
