import { Logger } from "@aws-lambda-powertools/logger";
import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { KinesisStreamHandler, KinesisStreamRecord } from "aws-lambda";
import { environment } from "../environment.ts";

const logger = new Logger({ serviceName: "retail-archive" });
const s3 = new S3Client();
const Bucket = environment("RAW_BUCKET");

/**
 * Keeps one batch as one object of raw JSON lines: raw/2010/12/01/shardId-000000000000/FIRST-LAST.jsonl. A batch that is
 * delivered again overwrites itself; when it is cut differently (it was split, or more had arrived), it begins at the same
 * record, and the object of the other cut goes.
 */
export const handler: KinesisStreamHandler = async (event, context) => {
  logger.addContext(context);
  const batch = placeOf(event.Records);
  const Key = `${batch.prefix}${batch.first}-${batch.last}.jsonl`;
  await s3.send(
    new PutObjectCommand({ Bucket, Key, Body: linesOf(event.Records), ContentType: "application/x-ndjson" }),
  );
  const others = await otherCuts(`${batch.prefix}${batch.first}-`, Key);
  if (others.length > 0) await remove(others);
  logger.info("batch kept", { records: event.Records.length, key: Key, replaced: others.length });
};

/** The place of a batch by its first record, which is the same at every delivery. */
function placeOf(records: readonly KinesisStreamRecord[]) {
  const [head] = records;
  const tail = records.at(-1);
  if (!head || !tail) throw new Error("an empty batch");
  const arrived = new Date(head.kinesis.approximateArrivalTimestamp * 1000).toISOString();
  const shard = head.eventID.split(":")[0];
  return {
    prefix: `raw/${arrived.slice(0, "YYYY-MM-DD".length).replaceAll("-", "/")}/${shard}/`,
    first: head.kinesis.sequenceNumber,
    last: tail.kinesis.sequenceNumber,
  };
}

/** One line a record: line breaks in JSON are blanks between its parts. */
const linesOf = (records: readonly KinesisStreamRecord[]): string =>
  records
    .map(
      ({ kinesis }) =>
        `${Buffer.from(kinesis.data, "base64")
          .toString("utf8")
          .trim()
          .replaceAll(/[\r\n]+/g, " ")}\n`,
    )
    .join("");

/** What cannot be removed is told key by key, in an answer that is a success. */
async function remove(keys: readonly string[]): Promise<void> {
  const { Errors: [first] = [] } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
  );
  if (first) throw new Error(`${first.Key} is not removed: ${first.Message}`);
}

async function otherCuts(prefix: string, own: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
  return Contents.map(({ Key = "" }) => Key).filter((key) => key !== own);
}
