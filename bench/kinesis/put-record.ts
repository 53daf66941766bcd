// PutRecord: how long a call takes and how many there are in a second, of 100 bytes each, 4 shards, data on disk; beside what
// put-records.ts has. Usage: node --import tsx bench/kinesis/put-record.ts, with what options.ts has.
import { comparePuts, RECORD_BYTES, randomRecord, STREAM } from "./put.ts";
import { kinesisCall } from "./stream.ts";

const BODIES = 256;

const calls = Array.from({ length: BODIES }, () => kinesisCall("PutRecord", { StreamName: STREAM, ...randomRecord() }));
await comparePuts(`PutRecord, ${RECORD_BYTES} bytes`, calls, 1);
