import type { KinesisStreamRecord } from "aws-lambda";
import { PbfWriter } from "pbf";
import { aggregate, enveloped } from "../conformance/kinesis/aggregate.ts";
import { deaggregate } from "./deaggregate.ts";

const record = (data: Uint8Array, sequenceNumber = "1"): KinesisStreamRecord => ({
  ...{ awsRegion: "us-east-1", eventID: `shardId-000000000000:${sequenceNumber}`, eventName: "aws:kinesis:record" },
  ...{ eventSource: "aws:kinesis", eventSourceARN: "arn", eventVersion: "1.0", invokeIdentityArn: "role" },
  kinesis: {
    ...{ approximateArrivalTimestamp: 1.5, kinesisSchemaVersion: "1.0", partitionKey: "outer", sequenceNumber },
    data: Buffer.from(data).toString("base64"),
  },
});
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("deaggregate", () => {
  it("gives the user records in their order, each with what the record around it has", () => {
    // as aws-kinesis-agg 4.2.8 makes it
    const data = Buffer.from(
      "84mawgoBYQoBYhICMTcaCQgAGgVmaXJzdBoMCAEQABoGc2Vjb25kGgkIABoFdGhpcmQDs7vPv2KKQdsCt3k3Yc7/",
      "base64",
    );
    const shared = { approximateArrivalTimestamp: 1.5, kinesisSchemaVersion: "1.0", sequenceNumber: "7" };
    expect(deaggregate([record(data, "7"), record(Buffer.from("plain"), "8")])).toEqual([
      { ...shared, partitionKey: "a", subSequenceNumber: 0, data: base64("first") },
      { ...shared, partitionKey: "b", explicitHashKey: "17", subSequenceNumber: 1, data: base64("second") },
      { ...shared, partitionKey: "a", subSequenceNumber: 2, data: base64("third") },
      { ...shared, partitionKey: "outer", sequenceNumber: "8", data: base64("plain") },
    ]);
  });

  it.each([
    ["is empty", Buffer.alloc(0)],
    ["is the beginning of one alone", Buffer.from("f3899ac2", "hex")],
    ["has no message", enveloped(Buffer.alloc(0))],
    [
      "has another digest",
      Buffer.concat([aggregate([{ partitionKey: "a", data: "x" }]).subarray(0, -1), Buffer.from("?")]),
    ],
    ["has no message of this kind", enveloped(Buffer.from([0xff, 0xff, 0xff]))],
    ["has a key that is not in its table", enveloped(messageWithout("key"))],
    ["has a record without data", enveloped(messageWithout("data"))],
  ])("leaves a record as it is that %s", (_what, data) => {
    const given = record(data);
    expect(deaggregate([given])).toEqual([given.kinesis]);
  });
});

/** A message of one record that lacks something. */
function messageWithout(what: "key" | "data"): Uint8Array {
  const writer = new PbfWriter();
  if (what !== "key") writer.writeStringField(1, "key");
  writer.writeMessage(
    3,
    (_: undefined, inner: PbfWriter) => {
      inner.writeVarintField(1, 0);
      if (what !== "data") inner.writeBytesField(3, Buffer.from("x"));
    },
    undefined,
  );
  return writer.finish();
}
