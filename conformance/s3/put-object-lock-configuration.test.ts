/**
 * Proves PutObjectLockConfiguration, GetObjectLockConfiguration, PutObjectRetention, GetObjectRetention,
 * PutObjectLegalHold and GetObjectLegalHold.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  S3Client,
  UploadPartCommand,
  type DefaultRetention,
  type ObjectLockRetention,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyOf } from "../role.ts";
import { bucketName } from "../targets/current.ts";
import { bytes, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("locked");
const DAY_MS = 24 * 3600 * 1000;
const LOCKED = "Access Denied because object protected by object lock.";
const MISSING = { status: 400, code: "InvalidRequest", message: "Bucket is missing Object Lock Configuration" };

const { s3, send, target } = useS3({ bucket: "unlocked", manualClock: true });

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
});

/** A date without its fraction of a second, as headers and documents carry it. */
const inDays = (days: number) => new Date(Math.floor((target.clock.now() + days * DAY_MS) / 1000) * 1000);
const put = (more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ChecksumAlgorithm: "CRC32", ...more }));
const retain = (VersionId: string | undefined, Retention: ObjectLockRetention, BypassGovernanceRetention?: boolean) =>
  s3.send(new PutObjectRetentionCommand({ Bucket, Key: "k", VersionId, Retention, BypassGovernanceRetention }));
const remove = (VersionId: string | undefined, BypassGovernanceRetention?: boolean) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId, BypassGovernanceRetention }));
const refused = (message: string) => ({ status: 403, code: "AccessDenied", message });

describe("object lock of a bucket", () => {
  const configure = (of: string, DefaultRetention?: DefaultRetention) =>
    s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: of,
        ObjectLockConfiguration: {
          ObjectLockEnabled: "Enabled",
          ...(DefaultRetention && { Rule: { DefaultRetention } }),
        },
      }),
    );
  const configuration = async (of: string) =>
    (await s3.send(new GetObjectLockConfigurationCommand({ Bucket: of }))).ObjectLockConfiguration;

  it("comes with versioning, which stays on", async () => {
    expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: "Enabled" });
    expect((await put()).VersionId).toBeDefined();
    const VersioningConfiguration = { Status: "Suspended" as const };
    expect(await failure(s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })))).toEqual({
      status: 409,
      code: "InvalidBucketState",
      message: "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    });
  });

  it("can be turned on later, where versioning is on", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "later" }));
    expect(await failure(configuration("later"))).toMatchObject({
      status: 404,
      code: "ObjectLockConfigurationNotFoundError",
    });
    expect(await failure(configure("later"))).toMatchObject({ status: 409, code: "InvalidBucketState" });
    await s3.send(new PutBucketVersioningCommand({ Bucket: "later", VersioningConfiguration: { Status: "Enabled" } }));
    await configure("later", { Mode: "GOVERNANCE", Years: 1 });
    expect(await configuration("later")).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Years: 1 } },
    });
  });

  it("gives new objects its default retention, copies and uploads in parts as well", async () => {
    const to = { Bucket: "by-default", Key: "k" };
    await s3.send(new CreateBucketCommand({ Bucket: "by-default", ObjectLockEnabledForBucket: true }));
    await configure("by-default", { Mode: "COMPLIANCE", Days: 2 });
    const inTwoDays = () => new Date(target.clock.now() + 2 * DAY_MS);
    const expected = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: inTwoDays() };
    expect(await failure(s3.send(new PutObjectCommand({ ...to, Body: "x" })))).toMatchObject({
      status: 400,
      code: "InvalidRequest",
      message: expect.stringMatching(/^Content-MD5 OR x-amz-checksum- HTTP header is required/),
    });
    await put(to);
    expect(await s3.send(new HeadObjectCommand(to))).toMatchObject(expected);
    await s3.send(new CopyObjectCommand({ ...to, Key: "copy", CopySource: "by-default/k" }));
    expect(await s3.send(new HeadObjectCommand({ ...to, Key: "copy" }))).toMatchObject(expected);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...to, Key: "parts" }));
    const upload = { ...to, Key: "parts", UploadId };
    const part = { ...upload, PartNumber: 1, Body: bytes(10) };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: "CRC32" }));
    await target.clock.advance(1_000);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    // it counts from when there is an object
    expect((await s3.send(new HeadObjectCommand({ ...to, Key: "parts" }))).ObjectLockRetainUntilDate).toEqual(
      inTwoDays(),
    );
  });

  it("asks for a digest of every part of what will be locked, which may be its MD5", async () => {
    const part = async (to: { Bucket: string; Key: string }, lock: Partial<PutObjectCommandInput>) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...to, ...lock }));
      return { ...to, UploadId, PartNumber: 1, Body: "x" };
    };
    await s3.send(new CreateBucketCommand({ Bucket: "parts", ObjectLockEnabledForBucket: true }));
    const plain = await part({ Bucket: "parts", Key: "free" }, {});
    await s3.send(new UploadPartCommand(plain));
    const held = await part({ Bucket: "parts", Key: "held" }, { ObjectLockLegalHoldStatus: "ON" });
    await configure("parts", { Mode: "GOVERNANCE", Days: 1 });
    for (const one of [plain, held]) {
      expect(await failure(s3.send(new UploadPartCommand(one)))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message:
          "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock parameters",
      });
      await s3.send(new UploadPartCommand({ ...one, ContentMD5: "ndTkYSaMgDT1yFZOFVxnpg==" }));
      await s3.send(new UploadPartCommand({ ...one, ChecksumAlgorithm: "SHA256" }));
      await s3.send(new AbortMultipartUploadCommand(one));
    }
  });

  it.each([
    [{ Mode: "GOVERNANCE" as const }, "MalformedXML"],
    [{ Mode: "GOVERNANCE" as const, Days: 1, Years: 1 }, "MalformedXML"],
    [{ Mode: "OTHER" as "GOVERNANCE", Days: 1 }, "MalformedXML"],
    [{ Mode: "GOVERNANCE" as const, Days: 0 }, "InvalidRetentionPeriod"],
    [{ Mode: "GOVERNANCE" as const, Days: 36_501 }, "InvalidRetentionPeriod"],
    [{ Mode: "GOVERNANCE" as const, Years: 101 }, "InvalidRetentionPeriod"],
  ])("refuses the default %j", async (rule, code) => {
    expect(await failure(configure(Bucket, rule))).toMatchObject({ status: 400, code });
  });

  it("refuses a request without a configuration, and one with nothing in it", async () => {
    const putLock = (ObjectLockConfiguration?: object) =>
      failure(s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration })));
    expect(await putLock()).toEqual({ status: 400, code: "MissingRequestBodyError", message: "Request Body is empty" });
    expect(await putLock({})).toMatchObject({ status: 400, code: "MalformedXML" });
  });

  it("is needed for locks of objects", async () => {
    const to = { Bucket: "unlocked", Key: "k" };
    await s3.send(new PutObjectCommand({ ...to, Body: "x" }));
    const Retention = { Mode: "GOVERNANCE" as const, RetainUntilDate: inDays(1) };
    const lock = { ObjectLockMode: "GOVERNANCE" as const, ObjectLockRetainUntilDate: inDays(1) };
    expect(await failure(s3.send(new PutObjectRetentionCommand({ ...to, Retention })))).toEqual(MISSING);
    expect(await failure(s3.send(new GetObjectRetentionCommand(to)))).toEqual(MISSING);
    expect(await failure(s3.send(new PutObjectLegalHoldCommand({ ...to, LegalHold: { Status: "ON" } })))).toEqual(
      MISSING,
    );
    expect(await failure(s3.send(new PutObjectLegalHoldCommand(to)))).toMatchObject({ code: "MalformedXML" });
    expect(
      await failure(
        s3.send(new PutObjectCommand({ ...to, Body: "x", ContentMD5: "nQDlmA5qVBEM1fUfyg0nGQ==", ...lock })),
      ),
    ).toEqual(MISSING);
  });
});

describe("retention", () => {
  const lock = (mode: "GOVERNANCE" | "COMPLIANCE", days: number) => ({
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: inDays(days),
  });
  const retention = (Mode: "GOVERNANCE" | "COMPLIANCE", days: number) => ({ Mode, RetainUntilDate: inDays(days) });

  it("in compliance mode keeps a version from everybody until its date", async () => {
    const { VersionId } = await put(lock("COMPLIANCE", 2));
    expect(await failure(remove(VersionId))).toEqual(refused(LOCKED));
    expect(await failure(remove(VersionId, true))).toEqual(refused(LOCKED));
    expect(await failure(retain(VersionId, retention("COMPLIANCE", 1), true))).toEqual(refused(LOCKED));
    expect(await failure(retain(VersionId, retention("GOVERNANCE", 3), true))).toEqual(refused(LOCKED));
    expect(await failure(retain(VersionId, {}, true))).toEqual(refused(LOCKED));
    await retain(VersionId, retention("COMPLIANCE", 3));
    await target.clock.advance(2 * DAY_MS + 2_000);
    expect(await failure(remove(VersionId))).toEqual(refused(LOCKED));
    await target.clock.advance(DAY_MS);
    await remove(VersionId);
  });

  it("in governance mode is given up by those who mean to", async () => {
    const { VersionId } = await put(lock("GOVERNANCE", 2));
    expect(await failure(remove(VersionId))).toEqual(refused(LOCKED));
    expect(await failure(retain(VersionId, retention("GOVERNANCE", 1)))).toEqual(refused(LOCKED));
    await retain(VersionId, retention("GOVERNANCE", 3));
    await retain(VersionId, retention("GOVERNANCE", 1), true);
    expect((await s3.send(new GetObjectRetentionCommand({ Bucket, Key: "k", VersionId }))).Retention).toEqual(
      retention("GOVERNANCE", 1),
    );
    const Delete = { Objects: [{ Key: "k", VersionId }] };
    const listed = await s3.send(new DeleteObjectsCommand({ Bucket, Delete, ChecksumAlgorithm: "CRC32" }));
    expect(listed.Errors).toEqual([{ Key: "k", VersionId, Code: "AccessDenied", Message: LOCKED }]);
    await remove(VersionId, true);
    expect(await failure(s3.send(new GetObjectRetentionCommand({ Bucket, Key: "k", VersionId })))).toMatchObject({
      status: 404,
    });
  });

  it("can be taken off an object in governance mode", async () => {
    const { VersionId } = await put(lock("GOVERNANCE", 2));
    await retain(VersionId, {}, true);
    expect(await failure(s3.send(new GetObjectRetentionCommand({ Bucket, Key: "k", VersionId })))).toEqual({
      status: 404,
      code: "NoSuchObjectLockConfiguration",
      message: "The specified object does not have a ObjectLock configuration",
    });
    await remove(VersionId);
  });

  it("does not keep delete markers and new versions from coming", async () => {
    const { VersionId } = await put(lock("COMPLIANCE", 1));
    await put();
    expect((await remove(undefined)).DeleteMarker).toBe(true);
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "k" }));
    expect(Versions.map((version) => version.VersionId)).toContain(VersionId);
  });

  it("is bypassed only by those who are allowed to", async () => {
    const { VersionId } = await put(lock("GOVERNANCE", 2));
    const config = target.clientConfig();
    await using(new IAMClient(config), async (iam) => {
      const AssumeRolePolicyDocument = policyOf({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
      await iam.send(new CreateRoleCommand({ RoleName: "deleter", AssumeRolePolicyDocument }));
      const PolicyDocument = policyOf({ Effect: "Allow", Action: "s3:DeleteObjectVersion", Resource: "*" });
      await iam.send(new PutRolePolicyCommand({ RoleName: "deleter", PolicyName: "p", PolicyDocument }));
    });
    const { Credentials } = await using(new STSClient(config), (sts) =>
      sts.send(
        new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/deleter", RoleSessionName: "session" }),
      ),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const command = new DeleteObjectCommand({ Bucket, Key: "k", VersionId, BypassGovernanceRetention: true });
    const denied = await using(new S3Client({ ...config, credentials, forcePathStyle: true }), (client) =>
      failure(client.send(command)),
    );
    expect(denied).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(denied.message).toMatch(/not authorized to perform: s3:BypassGovernanceRetention/);
    await s3.send(command);
  });

  it("outlasts lifecycle rules", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "expiring", ObjectLockEnabledForBucket: true }));
    const to = { Bucket: "expiring", Key: "k" };
    await put({ ...to, ...lock("GOVERNANCE", 30) });
    await put(to);
    const NoncurrentVersionExpiration = { NoncurrentDays: 1 };
    const Rules = [{ ID: "r", Status: "Enabled" as const, Filter: { Prefix: "" }, NoncurrentVersionExpiration }];
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: "expiring", LifecycleConfiguration: { Rules } }),
    );
    const count = async () => (await s3.send(new ListObjectVersionsCommand({ Bucket: "expiring" }))).Versions?.length;
    await target.clock.advance(5 * DAY_MS);
    expect(await count()).toBe(2);
    await target.clock.advance(30 * DAY_MS);
    expect(await count()).toBe(1);
  });

  it.each([
    [
      { ObjectLockMode: "GOVERNANCE" as const },
      "InvalidArgument",
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
    ],
    [
      { ObjectLockMode: "OTHER" as "GOVERNANCE", ObjectLockRetainUntilDate: new Date("2100-01-01") },
      "InvalidArgument",
      "Unknown wormMode directive.",
    ],
    [
      { ObjectLockMode: "GOVERNANCE" as const, ObjectLockRetainUntilDate: new Date("2020-01-01") },
      "InvalidArgument",
      "The retain until date must be in the future!",
    ],
    [{ ObjectLockLegalHoldStatus: "MAYBE" as "ON" }, "InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'"],
    [
      { ObjectLockLegalHoldStatus: "ON" as const, ChecksumAlgorithm: undefined },
      "InvalidRequest",
      "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
    ],
  ])("of a write refuses %j", async (more, code, message) => {
    expect(await failure(put(more))).toEqual({ status: 400, code, message });
  });

  it.each([
    [{ Mode: "OTHER" as "GOVERNANCE", RetainUntilDate: new Date("2100-01-01") }, "MalformedXML"],
    [{ Mode: "GOVERNANCE" as const }, "MalformedXML"],
    [{ Mode: "GOVERNANCE" as const, RetainUntilDate: new Date("2020-01-01") }, "InvalidArgument"],
  ])("refuses %j", async (Retention, code) => {
    const { VersionId } = await put();
    expect(await failure(retain(VersionId, Retention))).toMatchObject({ status: 400, code });
  });

  it.each([
    ["2020-01-01T00:00:00Z", "Tue Dec 31 16:00:00 PST 2019"],
    ["2020-07-01T07:00:05Z", "Wed Jul 01 00:00:05 PDT 2020"],
  ])("tells the date %s that is over in Pacific time", async (date, told) => {
    const body = `<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>${date}</RetainUntilDate></Retention>`;
    await put();
    const answer = await send({ method: "PUT", path: `/${Bucket}/k?retention`, body });
    expect([answer.element("ArgumentName"), answer.element("ArgumentValue")]).toEqual(["RetainUntilDate", told]);
  });
});

describe("a legal hold", () => {
  const hold = (VersionId: string | undefined, Status: "ON" | "OFF") =>
    s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: "k", VersionId, LegalHold: { Status } }));

  it("keeps a version from everybody until it is taken off", async () => {
    const { VersionId } = await put({ ObjectLockLegalHoldStatus: "ON" });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "k", VersionId }))).ObjectLockLegalHoldStatus).toBe(
      "ON",
    );
    expect(await failure(remove(VersionId, true))).toEqual(refused(LOCKED));
    await hold(VersionId, "OFF");
    expect((await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: "k", VersionId }))).LegalHold).toEqual({
      Status: "OFF",
    });
    await remove(VersionId);
  });

  it("is put on objects that are there", async () => {
    const { VersionId } = await put();
    const get = () => s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: "k", VersionId }));
    expect(await failure(get())).toMatchObject({ status: 404, code: "NoSuchObjectLockConfiguration" });
    await hold(VersionId, "ON");
    expect((await get()).LegalHold).toEqual({ Status: "ON" });
    expect(await failure(hold(VersionId, "MAYBE" as "ON"))).toMatchObject({ status: 400, code: "MalformedXML" });
    expect(await failure(remove(VersionId))).toEqual(refused(LOCKED));
  });
});

async function using<C extends { destroy(): void }, T>(client: C, use: (client: C) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
