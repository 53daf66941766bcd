import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  type RestoreRequest,
  type StorageClass,
  type Tier,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { eventually, useClient } from "../target.ts";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("archived");
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });
const sqs = useClient(new SQSClient({ ...target.clientConfig(), maxAttempts: 1 }));

async function archive(Key: string, storageClass: StorageClass = "GLACIER") {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "ice", StorageClass: storageClass }));
}

const text = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));
const statusOf = async (Key: string, RestoreRequest: RestoreRequest) =>
  (await s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest }))).$metadata.httpStatusCode;
const by = (Tier: Tier, Days = 1): RestoreRequest => ({ Days, GlacierJobParameters: { Tier } });

describe("an archived object", () => {
  it.each(["GLACIER", "DEEP_ARCHIVE"] as const)("of %s is known, but not read or copied", async (storageClass) => {
    await archive(storageClass, storageClass);
    expect(await head(storageClass)).toMatchObject({ StorageClass: storageClass, ContentLength: 3 });
    const answer = await send({ path: `/${Bucket}/${storageClass}` });
    expect([answer.status, answer.element("Code"), answer.element("Message"), answer.element("StorageClass")]).toEqual([
      403,
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
      storageClass,
    ]);
    const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${storageClass}` });
    expect(await failure(s3.send(copy))).toEqual({
      status: 403,
      code: "InvalidObjectState",
      message: "Operation is not valid for the source object's storage class",
    });
  });
});

describe("RestoreObject", () => {
  it("makes it readable after the time of its tier, until the midnight after its days", async () => {
    await archive("k");
    expect(await statusOf("k", by("Standard", 2))).toBe(202);
    expect((await head("k")).Restore).toBe('ongoing-request="true"');
    expect(await failure(text("k"))).toMatchObject({ code: "InvalidObjectState" });
    expect(await failure(statusOf("k", by("Standard")))).toEqual({
      status: 409,
      code: "RestoreAlreadyInProgress",
      message: "Object restore is already in progress",
    });
    const readyMs = target.clock.now() + 3 * HOUR_MS;
    await target.clock.advance(3 * HOUR_MS);
    const expiresMs = Math.ceil((readyMs + 2 * DAY_MS) / DAY_MS) * DAY_MS;
    const expiry = new Date(expiresMs).toUTCString();
    expect((await head("k")).Restore).toBe(`ongoing-request="false", expiry-date="${expiry}"`);
    expect(await text("k")).toBe("ice");
    await s3.send(new CopyObjectCommand({ Bucket, Key: "thawed", CopySource: `${Bucket}/k` }));
    expect(await text("thawed")).toBe("ice");
    await target.clock.advance(expiresMs - target.clock.now());
    expect(await failure(text("k"))).toMatchObject({ code: "InvalidObjectState" });
    expect((await head("k")).Restore).toBeUndefined();
    expect(await statusOf("k", by("Bulk"))).toBe(202);
  });

  it("of what is restored changes for how long", async () => {
    await archive("longer");
    await statusOf("longer", by("Expedited"));
    await target.clock.advance(60_000);
    const before = (await head("longer")).Restore;
    expect(await statusOf("longer", by("Standard", 5))).toBe(200);
    expect(await text("longer")).toBe("ice");
    expect((await head("longer")).Restore).not.toBe(before);
    await statusOf("longer", by("Standard", 2 ** 31 - 1));
    expect((await head("longer")).Restore).toMatch(/expiry-date="[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d+ 00:00:00 GMT"$/);
  });

  it.each([
    ["GLACIER", "Expedited", 60_000],
    ["GLACIER", "Bulk", 5 * HOUR_MS],
    ["DEEP_ARCHIVE", "Standard", 12 * HOUR_MS],
    ["DEEP_ARCHIVE", "Bulk", 48 * HOUR_MS],
  ] as const)("takes of %s by %s %i ms", async (storageClass, tier, takesMs) => {
    const Key = `${storageClass}-${tier}`;
    await archive(Key, storageClass);
    await statusOf(Key, by(tier));
    await target.clock.advance(takesMs - 1);
    expect(await failure(text(Key))).toMatchObject({ code: "InvalidObjectState" });
    await target.clock.advance(1);
    expect(await text(Key)).toBe("ice");
  });

  it("is refused for what is no archive, and where a tier is not to be had", async () => {
    await archive("warm", "STANDARD_IA");
    expect(await failure(statusOf("warm", by("Standard")))).toEqual({
      status: 403,
      code: "InvalidObjectState",
      message: "Restore is not allowed for the object's current storage class",
    });
    await archive("deep", "DEEP_ARCHIVE");
    expect(await failure(statusOf("deep", by("Expedited")))).toEqual({
      status: 400,
      code: "InvalidArgument",
      message: "Retrieval option is not supported by this storage class",
    });
    expect(await failure(statusOf("deep", { Days: 0 }))).toMatchObject({ status: 400, code: "MalformedXML" });
    expect(await failure(statusOf("deep", { Days: 1, Tier: "Fast" as Tier }))).toMatchObject({ code: "MalformedXML" });
    expect(await failure(statusOf("none", by("Standard")))).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(await failure(statusOf("deep", { Type: "SELECT", Tier: "Standard" }))).toMatchObject({ status: 501 });
  });
});

describe("a restoration", () => {
  it("is told of when it begins, when the copy is there and when it is gone, but not of an object that is another by then", async () => {
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "restored" }));
    const QueueArn = "arn:aws:sqs:us-east-1:000000000000:restored";
    const statement = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: QueueArn };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    const Filter = { Key: { FilterRules: [{ Name: "prefix" as const, Value: "told" }] } };
    const Events = ["s3:ObjectRestore:*" as const];
    const NotificationConfiguration = { QueueConfigurations: [{ QueueArn, Events, Filter }] };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const next = () =>
      eventually("a message", async () => {
        const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        if (message) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        return message && (JSON.parse(message.Body ?? "") as { Event?: string; Records?: [Record<string, unknown>] });
      });
    expect((await next()).Event).toBe("s3:TestEvent");

    await archive("told-replaced");
    await statusOf("told-replaced", by("Expedited"));
    // any characters may be in a key
    const told = `told-${"long".repeat(20)}\u0001`;
    await archive(told);
    await statusOf(told, by("Expedited"));
    const object = { key: encodeURIComponent(told), size: 3, eTag: expect.any(String), sequencer: expect.any(String) };
    expect((await next()).Records?.[0]).toMatchObject({
      eventName: "ObjectRestore:Post",
      s3: { object: { key: "told-replaced" } },
    });
    expect((await next()).Records?.[0]).toMatchObject({
      eventVersion: "2.1",
      eventName: "ObjectRestore:Post",
      s3: { object },
    });
    await archive("told-replaced");
    await target.clock.advance(60_000);
    const expiry = /expiry-date="(.*)"/.exec((await head(told)).Restore ?? "")?.[1] ?? "";
    expect((await next()).Records?.[0]).toMatchObject({
      eventName: "ObjectRestore:Completed",
      userIdentity: { principalId: expect.stringMatching(/^AmazonCustomer:[0-9a-f]{64}$/) },
      glacierEventData: {
        restoreEventData: {
          lifecycleRestorationExpiryTime: new Date(expiry).toISOString(),
          lifecycleRestoreStorageClass: "GLACIER",
        },
      },
      s3: { object },
    });
    await target.clock.advance(Date.parse(expiry) - target.clock.now());
    const gone = (await next()).Records?.[0];
    expect(gone).toMatchObject({ eventName: "ObjectRestore:Delete", s3: { object } });
    expect(gone).not.toHaveProperty("glacierEventData");
  });
});
