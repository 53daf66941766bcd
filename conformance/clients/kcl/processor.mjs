// The record processor of the suite. The daemon starts a process of it for each shard; all of them write what they are told into
// one journal, line by line and as it happens, so that its order is theirs.
import { appendFileSync } from "node:fs";
import kcl from "aws-kcl";

let shard;
let isStopping = false;
const note = (...entries) =>
  appendFileSync(process.env.KCL_JOURNAL, entries.map((entry) => `${JSON.stringify({ shard, ...entry })}\n`).join(""));

/** Checkpoints, and writes down when that is refused. */
const checkpoint = (checkpointer, sequenceNumber, done) =>
  checkpointer.checkpoint(sequenceNumber, (error) => {
    if (error) note({ what: "refused checkpoint", error });
    done();
  });

const processor = {
  initialize({ shardId }, done) {
    shard = shardId;
    note({ what: "initialized" });
    done();
  },
  processRecords({ records, checkpointer }, done) {
    if (records.length === 0) return done();
    note(
      ...records.map(({ partitionKey, sequenceNumber, subSequenceNumber, data }) => ({
        what: "record",
        partitionKey,
        sequenceNumber,
        subSequenceNumber,
        data: Buffer.from(data, "base64").toString(),
      })),
    );
    checkpoint(checkpointer, records.at(-1).sequenceNumber, done);
  },
  shardEnded({ checkpointer }, done) {
    note({ what: "ended" });
    checkpoint(checkpointer, null, done);
  },
  leaseLost(_input, done) {
    // a worker that stops gives its leases up
    if (!isStopping) note({ what: "lease lost" });
    done();
  },
  shutdownRequested({ checkpointer }, done) {
    isStopping = true;
    checkpoint(checkpointer, null, done);
  },
};
kcl(processor).run();
