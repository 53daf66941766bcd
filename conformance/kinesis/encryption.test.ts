import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
} from "@aws-sdk/client-kinesis";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const kinesis = useClient(new KinesisClient({ ...target.clientConfig(), maxAttempts: 1 }));

const StreamName = "encrypted";
const managed = { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" } as const;

beforeAll(() => kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })));

const put = () => kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "p", Data: Buffer.from("x") }));

async function encryption(): Promise<unknown[]> {
  const { StreamDescriptionSummary: now } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  return [now?.EncryptionType, now?.KeyId];
}

describe("StartStreamEncryption", () => {
  it("is told with the stream, its records and the answers to them, until it is stopped", async () => {
    expect(await encryption()).toEqual(["NONE", undefined]);
    await kinesis.send(new StartStreamEncryptionCommand({ StreamName, ...managed }));
    expect(await encryption()).toEqual(["KMS", "alias/aws/kinesis"]);
    expect((await put()).EncryptionType).toBe("KMS");
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.map(({ EncryptionType }) => EncryptionType)).toEqual(["KMS"]);
    await kinesis.send(new StopStreamEncryptionCommand({ StreamName, ...managed }));
    expect(await encryption()).toEqual(["NONE", undefined]);
    expect((await put()).EncryptionType).toBeUndefined();
  });

  it("refuses keys of the customer's own by name", async () => {
    const KeyId = "arn:aws:kms:us-east-1:000000000000:key/1";
    const start = kinesis.send(new StartStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId }));
    await expect(start).rejects.toMatchObject({ message: expect.stringContaining(KeyId) });
  });
});
