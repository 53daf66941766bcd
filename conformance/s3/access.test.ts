import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { DENIED, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("guarded");
const OTHER = "111111111111";

const { s3, send, clientOf } = useS3({ bucket: Bucket });
const other = clientOf(OTHER);
const anybody = (request: Parameters<typeof send>[0]) => send({ unsigned: true, ...request });

interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Condition?: object;
}

const putPolicy = (...statements: readonly Statement[]) =>
  s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: statements.map((one) => ({
          Effect: "Allow",
          Principal: "*",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          ...one,
        })),
      }),
    }),
  );
const block = (settings: { BlockPublicPolicy?: boolean; RestrictPublicBuckets?: boolean }) =>
  s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: settings }));

beforeAll(async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello" }));
  await block({});
});
afterEach(async () => {
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  await block({});
});

describe("another account", () => {
  it("is denied without a word of why", async () => {
    expect(await failure(other.send(new GetObjectCommand({ Bucket, Key: "k" })))).toEqual(DENIED);
    expect(await failure(other.send(new PutObjectCommand({ Bucket, Key: "x", Body: "x" })))).toEqual(DENIED);
    expect(await failure(other.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 403 });
  });

  it("may do what the bucket's policy allows it, and no more", async () => {
    await putPolicy({ Principal: { AWS: OTHER }, Action: ["s3:GetObject", "s3:PutObject"] });
    const got = await other.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(await got.Body?.transformToString()).toBe("hello");
    await other.send(new PutObjectCommand({ Bucket, Key: "theirs", Body: "x" }));
    expect(await failure(other.send(new DeleteObjectCommand({ Bucket, Key: "theirs" })))).toEqual(DENIED);
    expect(await failure(other.send(new ListObjectsV2Command({ Bucket })))).toEqual(DENIED);
    // what it writes is the bucket owner's
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "theirs" }));
  });

  it("may copy from the bucket into its own", async () => {
    await other.send(new CreateBucketCommand({ Bucket: "copies" }));
    const copy = new CopyObjectCommand({ Bucket: "copies", Key: "k", CopySource: `${Bucket}/k` });
    expect(await failure(other.send(copy))).toEqual(DENIED);
    await putPolicy({ Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: "s3:GetObject" });
    await other.send(copy);
    const got = await other.send(new GetObjectCommand({ Bucket: "copies", Key: "k" }));
    expect(await got.Body?.transformToString()).toBe("hello");
  });

  it("is held to what its write says of itself", async () => {
    const COPY = { Bucket, CopySource: `${Bucket}/k`, Key: "held" };
    const allow = (Condition: object) =>
      putPolicy({ Action: "s3:GetObject" }, { Principal: { AWS: OTHER }, Action: "s3:PutObject", Condition });
    await allow({ StringLike: { "s3:x-amz-copy-source": `${Bucket}/k*` } });
    await other.send(new CopyObjectCommand(COPY));
    expect(await failure(other.send(new CopyObjectCommand({ ...COPY, CopySource: `${Bucket}/held` })))).toEqual(DENIED);
    await allow({ StringEquals: { "s3:x-amz-metadata-directive": "COPY" } });
    await other.send(new CopyObjectCommand({ ...COPY, MetadataDirective: "COPY" }));
    expect(await failure(other.send(new CopyObjectCommand(COPY)))).toEqual(DENIED);
    await allow({ Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } });
    const put = { Bucket, Key: "held", Body: "x" };
    expect(await failure(other.send(new PutObjectCommand(put)))).toEqual(DENIED);
    const SSECustomerKey = Buffer.alloc(32).toString("base64");
    await other.send(new PutObjectCommand({ ...put, SSECustomerAlgorithm: "AES256", SSECustomerKey }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "held" }));
  });

  it("is held to conditional writes, also of what comes in parts", async () => {
    const writes = (Condition: object) => ({ Principal: { AWS: OTHER }, Action: "s3:PutObject", Condition });
    await putPolicy(
      writes({ Null: { "s3:if-none-match": "false" } }),
      writes({ Bool: { "s3:ObjectCreationOperation": "false" } }),
    );
    const at = { Bucket, Key: "conditional" };
    const { UploadId } = await other.send(new CreateMultipartUploadCommand(at));
    const part = { ...at, UploadId, PartNumber: 1, Body: "x" };
    const { ETag } = await other.send(new UploadPartCommand(part));
    const completion = { ...at, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    expect(await failure(other.send(new CompleteMultipartUploadCommand(completion)))).toEqual(DENIED);
    expect(await failure(other.send(new PutObjectCommand({ ...at, Body: "x" })))).toEqual(DENIED);
    await other.send(new CompleteMultipartUploadCommand({ ...completion, IfNoneMatch: "*" }));
    await s3.send(new DeleteObjectCommand(at));
    await other.send(new PutObjectCommand({ ...at, Body: "x", IfNoneMatch: "*" }));
    await s3.send(new DeleteObjectCommand(at));
  });

  it("is held to what a part says of itself", async () => {
    const parts = (Condition: object) =>
      putPolicy({ Action: "s3:GetObject" }, { Principal: { AWS: OTHER }, Action: "s3:PutObject", Condition });
    const SSE = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32).toString("base64") };
    await parts({ Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } });
    const at = { Bucket, Key: "parts" };
    const { UploadId } = await other.send(new CreateMultipartUploadCommand({ ...at, ...SSE }));
    const part = { ...at, UploadId, PartNumber: 1 };
    await other.send(new UploadPartCommand({ ...part, ...SSE, Body: "x" }));
    expect(await failure(other.send(new UploadPartCommand({ ...part, Body: "x" })))).toEqual(DENIED);
    await parts({ StringLike: { "s3:x-amz-copy-source": `${Bucket}/k*` } });
    const copy = (CopySource: string) => other.send(new UploadPartCopyCommand({ ...part, ...SSE, CopySource }));
    await copy(`${Bucket}/k`);
    expect(await failure(copy(`${Bucket}/other`))).toEqual(DENIED);
    await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  });

  it("hears of a key that is not there only where it may list", async () => {
    await putPolicy({ Principal: { AWS: OTHER }, Action: "s3:GetObject" });
    expect(await failure(other.send(new GetObjectCommand({ Bucket, Key: "none" })))).toEqual(DENIED);
    await putPolicy(
      { Principal: { AWS: OTHER }, Action: "s3:GetObject" },
      { Principal: { AWS: OTHER }, Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` },
    );
    expect(await failure(other.send(new GetObjectCommand({ Bucket, Key: "none" })))).toMatchObject({
      code: "NoSuchKey",
    });
  });
});

describe("the bucket's own account", () => {
  it("is bound by a Deny", async () => {
    await putPolicy({ Effect: "Deny", Action: "s3:DeleteObject" });
    expect(await failure(s3.send(new DeleteObjectCommand({ Bucket, Key: "k" })))).toMatchObject({
      status: 403,
      message: expect.stringContaining("with an explicit deny in a resource-based policy"),
    });
  });

  it("is denied by the tags of an object", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "tagged", Body: "x" }));
    await putPolicy({
      Effect: "Deny",
      Action: "s3:GetObject",
      Condition: { StringEquals: { "s3:ExistingObjectTag/secret": "yes" } },
    });
    const get = () => s3.send(new GetObjectCommand({ Bucket, Key: "tagged" }));
    await get();
    const TagSet = [{ Key: "secret", Value: "yes" }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } }));
    expect(await failure(get())).toMatchObject({ status: 403, code: "AccessDenied" });
  });
});

describe("a request without a signature", () => {
  it("is denied, by 404 where there is no bucket", async () => {
    const denied = await anybody({ path: `/${Bucket}/k` });
    expect([denied.status, denied.element("Code"), denied.element("Message")]).toEqual([
      403,
      "AccessDenied",
      "Access Denied",
    ]);
    expect((await anybody({ path: "/" })).status).toBe(403);
    expect((await anybody({ method: "PUT", path: "/by-nobody" })).status).toBe(403);
    expect((await anybody({ path: "/no-such-bucket-here/k" })).element("Code")).toBe("NoSuchBucket");
    expect(await anybody({ method: "HEAD", path: `/${Bucket}/k` })).toMatchObject({ status: 403, body: "" });
  });

  it("reads what a policy gives to everyone, and writes where it may", async () => {
    await putPolicy({ Action: "s3:GetObject" });
    expect(await anybody({ path: `/${Bucket}/k` })).toMatchObject({ status: 200, body: "hello" });
    expect((await anybody({ path: `/${Bucket}?list-type=2` })).status).toBe(403);
    expect((await anybody({ method: "PUT", path: `/${Bucket}/n`, body: "x" })).status).toBe(403);
    await putPolicy({ Action: ["s3:GetObject", "s3:PutObject"] });
    expect((await anybody({ method: "PUT", path: `/${Bucket}/n`, body: "x" })).status).toBe(200);
    expect((await anybody({ path: `/${Bucket}/n` })).body).toBe("x");
  });

  it("is judged by the address that it comes from", async () => {
    await putPolicy({ Action: "s3:GetObject", Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } });
    expect((await anybody({ path: `/${Bucket}/k` })).status).toBe(200);
    await putPolicy({ Action: "s3:GetObject", Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } });
    expect((await anybody({ path: `/${Bucket}/k` })).status).toBe(403);
  });
});

describe("RestrictPublicBuckets", () => {
  it("leaves a bucket with a public policy to its own account", async () => {
    await putPolicy({ Action: "s3:GetObject" }, { Principal: { AWS: OTHER }, Action: "s3:PutObject" });
    await block({ RestrictPublicBuckets: true });
    expect((await anybody({ path: `/${Bucket}/k` })).status).toBe(403);
    expect(await failure(other.send(new PutObjectCommand({ Bucket, Key: "x", Body: "x" })))).toEqual(DENIED);
    await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
  });

  it("does not touch a policy that names its accounts", async () => {
    await putPolicy({ Principal: { AWS: OTHER }, Action: "s3:GetObject" });
    await block({ RestrictPublicBuckets: true });
    await other.send(new GetObjectCommand({ Bucket, Key: "k" }));
  });
});
