import { type AttributeValue, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { KinesisStreamEvent } from "aws-lambda";
import type { Target } from "../cli/targets/index.ts";

/** Every item of a table. */
export async function itemsOf({ clientConfig }: Target, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  const client = new DynamoDBClient(clientConfig);
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...Items);
  return items;
}

/** The keys of a bucket's objects, or of those below a prefix, in order. */
export async function keysOf({ s3Config }: Target, Bucket: string, Prefix?: string): Promise<string[]> {
  const keys: string[] = [];
  const client = new S3Client(s3Config);
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    keys.push(...Contents.map(({ Key }) => Key!));
  }
  return keys;
}

/** An object as text. @throws NoSuchKey */
export async function textOf({ s3Config }: Target, Bucket: string, Key: string): Promise<string> {
  const { Body } = await new S3Client(s3Config).send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

/** A batch that an event source mapping gave up, as it is at the on-failure destination. */
export interface Failure {
  readonly firstSequenceNumber: string;
  readonly payloads: readonly Buffer[];
  /** The object as it is. */
  readonly report: FailureReport;
}

interface FailureReport {
  readonly KinesisBatchInfo: { readonly startSequenceNumber: string };
  /** The event that the function was given: as JSON on AWS, itself on LocalStack. */
  readonly payload: string | KinesisStreamEvent;
}

/** All batches at an on-failure destination. */
export async function failuresOf(target: Target, bucket: string): Promise<Failure[]> {
  const keys = await keysOf(target, bucket);
  return Promise.all(
    keys.map(async (key) => {
      const report = JSON.parse(await textOf(target, bucket, key)) as FailureReport;
      const { payload, KinesisBatchInfo: info } = report;
      const event = typeof payload === "string" ? (JSON.parse(payload) as KinesisStreamEvent) : payload;
      const payloads = event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, "base64"));
      return { firstSequenceNumber: info.startSequenceNumber, payloads, report };
    }),
  );
}
