import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { keysOf } from "../../e2e/stored.ts";
import { type Bench, check } from "./check.ts";

const GZIP_MAGIC = "1f8b";

/** Gives records to the delivery stream, each by a call of its own. */
async function put({ target, stack }: Bench, texts: readonly string[]): Promise<void> {
  const client = new FirehoseClient(target.clientConfig);
  const DeliveryStreamName = await stack.physical("Delivery");
  for (const text of texts) {
    await client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from(text) } }));
  }
}

const objects = async ({ target, stack }: Bench, prefix?: string) =>
  keysOf(target, await stack.physical("Lake"), prefix);

export const firehose = [
  check({
    id: "firehose-buffering",
    title: "objects of two calls within the interval",
    async look(bench) {
      await put(bench, ["one", "two"]);
      return (
        await bench.eventually(
          () => objects(bench),
          ({ length }) => length > 0,
        )
      ).length;
    },
    aws: 1,
    localstack: 2,
  }),
  check({
    id: "firehose-compression",
    title: "whether the objects begin as gzip does",
    async look(bench) {
      const [Key] = await objects(bench);
      const { Body } = await new S3Client(bench.target.s3Config).send(
        new GetObjectCommand({ Bucket: await bench.stack.physical("Lake"), Key }),
      );
      return Buffer.from(await Body!.transformToByteArray())
        .toString("hex")
        .startsWith(GZIP_MAGIC);
    },
    aws: true,
    localstack: false,
  }),
  check({
    id: "firehose-prefixes",
    title: "the keys of the objects, up to what is behind the prefix",
    look: async (bench) => [
      ...new Set((await objects(bench)).map((key) => key.replace(/^(good\/[^/]*\/).*/, "$1").replace(/\d{4}/, "YEAR"))),
    ],
    aws: ["good/YEAR/"],
    localstack: ["good/!{timestamp:yyyy}/"],
  }),
  check({
    id: "firehose-failed-records",
    title: "where a record ends that the function answers as failed",
    async look(bench) {
      const before = await objects(bench);
      await put(bench, ["a bad one"]);
      const after = await bench.eventually(
        () => objects(bench),
        ({ length }) => length > before.length,
      );
      return after.filter((key) => !before.includes(key)).map((key) => key.split("/")[0]);
    },
    aws: ["error"],
    localstack: ["good"],
  }),
];
