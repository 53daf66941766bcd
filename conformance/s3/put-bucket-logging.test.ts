/** Proves PutBucketLogging and GetBucketLogging. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLoggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
  type LoggingEnabled,
} from "@aws-sdk/client-s3";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { policyOf } from "../role.ts";
import { eventually } from "../target.ts";
import { createWithAcls, failure, useS3 } from "./fixture.ts";
import { presignedPath } from "./signing.ts";

const { s3, send, target, clientOf } = useS3({ manualClock: true });

const theirs = clientOf("111111111111");
const abroad = clientOf("test", "eu-west-1");

const MINUTE_MS = 60_000;
let count = 0;

/** Lets the log delivery service into a bucket. */
const letIn = (client: S3Client, Bucket: string, source: string) => {
  const Policy = policyOf({
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: {
      ArnLike: { "aws:SourceArn": `arn:aws:s3:::${source}` },
      StringEquals: { "aws:SourceAccount": "000000000000" },
    },
  });
  return client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
};

const log = (client: S3Client, Bucket: string, LoggingEnabled?: LoggingEnabled) =>
  client.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: LoggingEnabled ? { LoggingEnabled } : {} }));

const newBucket = async (name: string) => {
  const Bucket = `${name}-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
};

/** A bucket whose requests are logged to another, which lets the logs in. */
async function loggedBucket(more: Partial<LoggingEnabled> = {}): Promise<{ Bucket: string; logs: string }> {
  const [Bucket, logs] = [await newBucket("source"), await newBucket("logs")];
  await letIn(s3, logs, Bucket);
  await log(s3, Bucket, { TargetBucket: logs, TargetPrefix: "of/", ...more });
  return { Bucket, logs };
}

const keysOf = async (client: S3Client, Bucket: string) =>
  ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key = "" }) => Key);

const FIELDS = [
  ["owner", "bucket", "time", "ip", "requester", "requestId", "operation", "key", "line", "status", "error", "sent"],
  ["size", "total", "turnAround", "referer", "agent", "version", "hostId", "signature", "cipher", "authentication"],
  ["host", "tls", "accessPoint", "aclRequired", "sourceRegion"],
].flat();
type Fields = Record<string, string>;

/** The keys of a bucket's logs, when there are as many. */
const delivered = (client: S3Client, Bucket: string, logs = 1) =>
  eventually("logs are delivered", async () => {
    const keys = await keysOf(client, Bucket);
    return keys.length >= logs ? keys : undefined;
  });

/** The records of all logs of a bucket, when there are as many. */
async function recordsIn(client: S3Client, Bucket: string, logs?: number): Promise<Fields[]> {
  const lines: string[] = [];
  for (const Key of await delivered(client, Bucket, logs)) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString()) ?? "";
    expect(text).toMatch(/\n$/);
    lines.push(...text.trimEnd().split("\n"));
  }
  return lines.map((line) => {
    const parts = line.match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? [];
    expect(parts).toHaveLength(FIELDS.length);
    return Object.fromEntries(FIELDS.map((field, index) => [field, parts[index] ?? ""]));
  });
}

/** Of the requests of one kind. */
const of = (records: readonly Fields[], operation: string) => records.filter((one) => one["operation"] === operation);

describe("PutBucketLogging", () => {
  it.each<[string, Partial<LoggingEnabled>]>([
    ["nothing said of keys", {}],
    ["SimplePrefix", { TargetObjectKeyFormat: { SimplePrefix: {} } }],
    ["EventTime", { TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "EventTime" } } }],
    ["DeliveryTime", { TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "DeliveryTime" } } }],
  ])("is read back, and off without a target: %s", async (_what, more) => {
    const { Bucket, logs } = await loggedBucket(more);
    const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
    expect(LoggingEnabled).toEqual({ TargetBucket: logs, TargetPrefix: "of/", ...more });
    await log(s3, Bucket);
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  });

  it("wants a target of the same owner and region that takes logs", async () => {
    const Bucket = await newBucket("source");
    const to = (TargetBucket: string, more: Partial<LoggingEnabled> = {}) =>
      failure(log(s3, Bucket, { TargetBucket, TargetPrefix: "", ...more }));
    const invalid = (message: string) => ({ status: 400, code: "InvalidTargetBucketForLogging", message });
    expect(await to("none-such")).toEqual(invalid("The target bucket for logging does not exist"));

    await theirs.send(new CreateBucketCommand({ Bucket: "their-logs" }));
    expect(await to("their-logs")).toEqual(
      invalid("The owner for the bucket to be logged and the target bucket must be the same."),
    );
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" as const };
    await abroad.send(new CreateBucketCommand({ Bucket: "logs-abroad", CreateBucketConfiguration }));
    const crossing = { status: 403, code: "CrossLocationLoggingProhibitted" };
    expect(await to("logs-abroad")).toEqual({ ...crossing, message: "Cross S3 location logging not allowed. " });
    const enabled = `<LoggingEnabled><TargetBucket>${Bucket}</TargetBucket><TargetPrefix>x</TargetPrefix></LoggingEnabled>`;
    const body = `<BucketLoggingStatus>${enabled}</BucketLoggingStatus>`;
    const crossed = await send({ method: "PUT", path: "/logs-abroad?logging", body, region: "eu-west-1" });
    expect([crossed.element("SourceBucketLocation"), crossed.element("TargetBucketLocation")]).toEqual([
      "eu-west-1",
      "us-east-1",
    ]);

    await s3.send(new CreateBucketCommand({ Bucket: "locked-logs", ObjectLockEnabledForBucket: true }));
    expect(await to("locked-logs")).toMatchObject({ code: "InvalidTargetBucketForLogging" });
    const logs = await newBucket("logs");
    const RequestPaymentConfiguration = { Payer: "Requester" as const };
    await s3.send(new PutBucketRequestPaymentCommand({ Bucket: logs, RequestPaymentConfiguration }));
    expect(await to(logs)).toMatchObject({ code: "InvalidTargetBucketForLogging" });
    const both = { SimplePrefix: {}, PartitionedPrefix: {} };
    expect(await to(await newBucket("logs"), { TargetObjectKeyFormat: both })).toMatchObject({ code: "MalformedXML" });
    const TargetGrants = [
      { Grantee: { Type: "CanonicalUser" as const, ID: "a".repeat(64) }, Permission: "READ" as const },
    ];
    expect(await to(await newBucket("logs"), { TargetGrants })).toMatchObject({
      code: "AccessControlListNotSupported",
    });
    const withLists = await createWithAcls(s3, "logs-with-lists");
    const [grant] = TargetGrants;
    await log(s3, Bucket, {
      TargetBucket: withLists,
      TargetPrefix: "",
      TargetGrants: [{ ...grant, Permission: "READ_ACP" as "READ" }],
    });
  });
});

describe("a server access log", () => {
  it("has a record of every request, in AWS's format", async () => {
    const { Bucket, logs } = await loggedBucket();
    const Key = 'a b/ü"';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "12345" }));
    const { hostname, port } = new URL(target.endpoint);
    const headers = { "user-agent": "browser/1 (x)", referer: "http://page" };
    await send({ path: `/${Bucket}/a%20b/%C3%BC%22?x-user=me`, headers: { ...headers, range: "bytes=0-1" } });
    const signing = { headers: { host: `${hostname}:${port}` }, atMs: target.clock.now(), method: "GET" };
    await send({ path: presignedPath({ ...signing, path: `/${Bucket}/none` }), unsigned: true });
    await send({ path: `/${Bucket}/none`, unsigned: true });
    await failure(s3.send(new HeadObjectCommand({ Bucket, Key: "none" })));
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [] } }));
    await send({ path: `/${Bucket}?list-type=2&max-keys=x` });
    expect(await keysOf(s3, logs)).toEqual([]);
    await target.clock.advance(MINUTE_MS);

    const records = await recordsIn(s3, logs);
    const [put] = of(records, "REST.PUT.OBJECT");
    expect(put).toMatchObject({
      bucket: Bucket,
      ip: expect.stringMatching(/127\.0\.0\.1$/),
      key: "a%20b/%C3%BC%22",
      line: `"PUT /${Bucket}/a%20b/%C3%BC%22?x-id=PutObject HTTP/1.1"`,
      status: "200",
      error: "-",
      sent: "-",
      size: "5",
      referer: '"-"',
      agent: expect.stringMatching(/^"aws-sdk-js/),
      version: "-",
      signature: "SigV4",
      cipher: "-",
      authentication: "AuthHeader",
      host: `${hostname}:${port}`,
      tls: "-",
      accessPoint: "-",
      aclRequired: "-",
      sourceRegion: "-",
    });
    expect(put?.["time"]).toMatch(/^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\]$/);
    expect(put?.["owner"]).toMatch(/^[0-9a-f]{64}$/);
    expect(put?.["requester"]).toBe(put?.["owner"]);
    const [part, byUrl, stranger] = of(records, "REST.GET.OBJECT");
    expect(part).toMatchObject({
      line: `"GET /${Bucket}/a%20b/%C3%BC%22?x-user=me HTTP/1.1"`,
      status: "206",
      sent: "2",
      size: "5",
      referer: '"http://page"',
      agent: '"browser/1 (x)"',
    });
    expect(byUrl).toMatchObject({ status: "404", error: "NoSuchKey", authentication: "QueryString", size: "-" });
    expect(stranger).toMatchObject({ status: "403", error: "AccessDenied", requester: "-", signature: "-" });
    expect(of(records, "REST.HEAD.OBJECT")).toMatchObject([{ status: "404", sent: "-", key: "none" }]);
    expect(of(records, "REST.PUT.TAGGING")).toMatchObject([{ status: "204", key: "-" }]);
    expect(of(records, "REST.GET.BUCKET")).toMatchObject([{ status: "400", error: "InvalidArgument" }]);
  });

  it("has one for each key of a list that is deleted, and one for the source of a copy", async () => {
    const { Bucket, logs } = await loggedBucket();
    const elsewhere = await newBucket("elsewhere");
    await s3.send(new PutObjectCommand({ Bucket, Key: "from", Body: "x" }));
    await s3.send(new CopyObjectCommand({ Bucket: elsewhere, Key: "to", CopySource: `${Bucket}/from` }));
    const Objects = [{ Key: "from" }, { Key: "no version", VersionId: "null" }];
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects }, ChecksumAlgorithm: "CRC32" }));
    await target.clock.advance(MINUTE_MS);
    const records = await recordsIn(s3, logs);
    expect(of(records, "REST.COPY.OBJECT_GET")).toMatchObject([{ key: "from", status: "200" }]);
    expect(of(records, "REST.POST.MULTI_OBJECT_DELETE")).toMatchObject([{ key: "-", status: "200" }]);
    expect(of(records, "BATCH.DELETE.OBJECT")).toMatchObject([
      { key: "from", status: "204", line: "-", version: "-" },
      { key: "no%20version", status: "204", version: "null" },
    ]);
  });

  it("has a key with the time of its delivery", async () => {
    const { Bucket, logs } = await loggedBucket();
    await s3.send(new HeadObjectCommand({ Bucket, Key: "k" })).catch(() => {});
    await target.clock.advance(MINUTE_MS);
    const date = new Date(target.clock.now()).toISOString().slice(0, 19).replace(/[T:]/g, "-");
    expect(await delivered(s3, logs)).toEqual([expect.stringMatching(new RegExp(`^of/${date}-[0-9A-F]{16}$`))]);
  });

  it("is partitioned by source and day, of its delivery or of its requests", async () => {
    const format = (PartitionDateSource: "EventTime" | "DeliveryTime") => ({
      TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource } },
    });
    const [byEvent, byDelivery] = [await loggedBucket(format("EventTime")), await loggedBucket(format("DeliveryTime"))];
    const day = 24 * 3600 * 1000;
    await target.clock.advance(day - (target.clock.now() % day) - 1_000);
    const first = new Date(target.clock.now()).toISOString().slice(0, 10);
    const ask = () =>
      Promise.all(
        [byEvent, byDelivery].map(({ Bucket }) => failure(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))),
      );
    await ask();
    await target.clock.advance(2_000);
    await ask();
    await target.clock.advance(MINUTE_MS);
    const second = new Date(target.clock.now()).toISOString().slice(0, 10);
    const under = ({ Bucket }: { Bucket: string }, date: string, time: string) =>
      `of/000000000000/us-east-1/${Bucket}/${date.replaceAll("-", "/")}/${date}-${time}`;
    const named = async (logs: string, many: number) =>
      (await delivered(s3, logs, many)).map((one) => one.replace(/-[0-9A-F]{16}$/, ""));
    const days = [first, first, second].map((date) => under(byEvent, date, "00-00-00"));
    expect(await named(byEvent.logs, 3)).toEqual(days);
    expect((await named(byDelivery.logs, 2)).at(-1)).toMatch(
      new RegExp(`^${under(byDelivery, second, "00-0[01]-\\d\\d")}$`),
    );
  });

  it("comes to targets that let it in by their access control list, with grants of its own", async () => {
    const [Bucket, logs] = [await newBucket("source"), await newBucket("logs")];
    const Rules = [{ ObjectOwnership: "ObjectWriter" as const }];
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: logs, OwnershipControls: { Rules } }));
    await s3.send(new PutBucketAclCommand({ Bucket: logs, ACL: "log-delivery-write" as "private" }));
    const Grantee = { Type: "CanonicalUser" as const, ID: "a".repeat(64) };
    const TargetGrants = [{ Grantee, Permission: "READ" as const }];
    await log(s3, Bucket, { TargetBucket: logs, TargetPrefix: "", TargetGrants });
    const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
    expect(LoggingEnabled).toEqual({ TargetBucket: logs, TargetPrefix: "", TargetGrants });
    await target.clock.advance(MINUTE_MS);
    const [Key = ""] = await delivered(s3, logs);
    const { Grants, Owner } = await s3.send(new GetObjectAclCommand({ Bucket: logs, Key }));
    expect(Grants).toEqual([
      { Grantee: { Type: "CanonicalUser", ID: Owner?.ID }, Permission: "FULL_CONTROL" },
      { Grantee, Permission: "READ" },
    ]);
  });

  it("is lost where its target does not let it in", async () => {
    const [Bucket, logs] = [await newBucket("source"), await newBucket("logs")];
    await log(s3, Bucket, { TargetBucket: logs, TargetPrefix: "" });
    const behind = await loggedBucket();
    await target.clock.advance(MINUTE_MS);
    await delivered(s3, behind.logs);
    await letIn(s3, logs, Bucket);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await target.clock.advance(MINUTE_MS);
    expect((await recordsIn(s3, logs)).map(({ operation }) => operation)).toEqual(["REST.DELETE.OBJECT"]);
  });
});

describe("a server access log over a restart", () => {
  const session = sessionsOn(
    useDataDirectory(),
    (config) => new S3Client({ ...config, forcePathStyle: true, maxAttempts: 1 }),
  );

  it("comes in its time", async () => {
    await session(0, async (client) => {
      for (const Bucket of ["source", "logs"]) await client.send(new CreateBucketCommand({ Bucket }));
      await letIn(client, "logs", "source");
      await log(client, "source", { TargetBucket: "logs", TargetPrefix: "" });
      await client.send(new PutObjectCommand({ Bucket: "source", Key: "k", Body: "x" }));
    });
    const operations = await session(MINUTE_MS, async (client, clock) => {
      await clock.advance(MINUTE_MS);
      return (await recordsIn(client, "logs")).map(({ operation }) => operation);
    });
    expect(operations).toEqual(["REST.PUT.LOGGING_STATUS", "REST.PUT.OBJECT"]);
  });
});
