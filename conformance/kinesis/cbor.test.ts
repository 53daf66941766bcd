import { cbor } from "@smithy/core/cbor";
import { callRaw } from "../raw-request.ts";
import { iterator, read, shardsOf, texts, useKinesis } from "./support.ts";

const on = useKinesis();

async function call(operation: string, input: unknown): Promise<Record<string, unknown>> {
  const answer = await callRaw(on.target, "kinesis", `Kinesis_20131202.${operation}`, cbor.serialize(input), {
    "content-type": "application/x-amz-cbor-1.1",
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { status: answer.status, ...(cbor.deserialize(bytes) as object) };
}

/** The Java SDK, and with it the KCL and the Kinesis agent, speaks CBOR to Kinesis unless told otherwise. */
describe("CBOR", () => {
  it("puts and gets bytes as bytes, with arrivals in milliseconds", async () => {
    const name = await on.stream();
    const Data = new Uint8Array([0, 255, 10, 128]);
    expect(await call("PutRecords", { StreamName: name, Records: [{ PartitionKey: "k", Data }] })).toMatchObject({
      status: 200,
      FailedRecordCount: 0,
      Records: [{ ShardId: expect.any(String), SequenceNumber: expect.any(String) }],
    });
    expect((await read(on.kinesis, await iterator(on.kinesis, name))).Records?.[0]?.Data).toEqual(Data);
    const ShardId = (await shardsOf(on.kinesis, name))[0]?.ShardId;
    const { ShardIterator } = await call("GetShardIterator", {
      StreamName: name,
      ShardId,
      ShardIteratorType: "AT_TIMESTAMP",
      Timestamp: on.target.clock.now() - 1000,
    });
    const { Records } = (await call("GetRecords", { ShardIterator })) as {
      Records: { Data: Uint8Array; ApproximateArrivalTimestamp: unknown }[];
    };
    expect(new Uint8Array(Records[0]?.Data as Uint8Array)).toEqual(Data);
    expect(JSON.stringify(Records[0]?.ApproximateArrivalTimestamp)).toContain(`${on.target.clock.now()}`);
  });

  it("refuses what is no blob", async () => {
    const name = await on.stream();
    expect(await call("PutRecord", { StreamName: name, PartitionKey: "k", Data: "text" })).toMatchObject({
      status: 400,
      __type: expect.stringContaining("SerializationException"),
    });
    expect(texts(await read(on.kinesis, await iterator(on.kinesis, name)))).toEqual([]);
  });
});
