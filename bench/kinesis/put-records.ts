// PutRecords, records a second: 500 records of 100 bytes a call, 4 shards, data on disk, beside a bare node:http (node:http2) server
// that parses the same JSON, and beside the peers that are installed. All servers run at the same time, each in its own process, and
// are measured in turn. Usage: node --import tsx bench/kinesis/put-records.ts, with what options.ts has.
import { comparePuts, RECORD_BYTES, randomRecord, STREAM } from "./put.ts";
import { kinesisCall } from "./stream.ts";

const RECORDS = 500;
/** Different bodies in turn, so that nothing is as warm as one body would be. */
const BODIES = 16;

const calls = Array.from({ length: BODIES }, () =>
  kinesisCall("PutRecords", { StreamName: STREAM, Records: Array.from({ length: RECORDS }, randomRecord) }),
);
await comparePuts(`PutRecords, ${RECORDS} records of ${RECORD_BYTES} bytes a call`, calls, RECORDS);
