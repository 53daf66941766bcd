import {
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { failure, useS3 } from "./fixture.ts";

const Bucket = "settings";

const { s3, send } = useS3({ bucket: Bucket });

describe("tags of a bucket", () => {
  const put = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));

  it("are put as a whole, read and deleted", async () => {
    expect(await failure(s3.send(new GetBucketTaggingCommand({ Bucket })))).toEqual({
      status: 404,
      code: "NoSuchTagSet",
      message: "The TagSet does not exist",
    });
    const TagSet = [
      { Key: "a b", Value: "ü" },
      { Key: "c", Value: "" },
    ];
    await put([{ Key: "old", Value: "1" }]);
    await put(TagSet);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketTaggingCommand({ Bucket })))).toMatchObject({ code: "NoSuchTagSet" });
  });

  it("have keys once, not of AWS, of allowed characters", async () => {
    const twice = [
      { Key: "a", Value: "1" },
      { Key: "a", Value: "2" },
    ];
    expect(await failure(put(twice))).toMatchObject({
      code: "InvalidTag",
      message: "Cannot provide multiple Tags with the same key",
    });
    expect(await failure(put([{ Key: "aws:a", Value: "1" }]))).toMatchObject({
      code: "InvalidTag",
      message: "System tags cannot be added/updated by requester",
    });
    expect(await failure(put([{ Key: "a,b", Value: "1" }]))).toMatchObject({
      message: "The TagKey you have provided is invalid",
    });
    expect(await failure(put([{ Key: "a", Value: "x".repeat(257) }]))).toMatchObject({
      message: "The TagValue you have provided is invalid",
    });
  });
});

describe("tags of an object", () => {
  const at = { Bucket, Key: "tagged" };

  it("are put, read, deleted, and leave the object as it is", async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ ...at, Body: "x", Tagging: "a=1&b=two%20words" }));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "two words" },
    ]);
    await s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: "c", Value: "3" }] } }));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([{ Key: "c", Value: "3" }]);
    await s3.send(new DeleteObjectTaggingCommand(at));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([]);
    expect((await send({ method: "HEAD", path: `/${Bucket}/tagged` })).headers.etag).toBe(ETag);
  });

  it("are ten at most, and need an object", async () => {
    const TagSet = Array.from({ length: 11 }, (_tag, index) => ({ Key: `k${index}`, Value: "v" }));
    expect(await failure(s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } })))).toMatchObject({
      code: "InvalidTag",
    });
    const none = new PutObjectTaggingCommand({ Bucket, Key: "none", Tagging: { TagSet: [] } });
    expect(await failure(s3.send(none))).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(await failure(s3.send(new PutObjectCommand({ ...at, Body: "x", Tagging: "a=1&a=2" })))).toMatchObject({
      code: "InvalidArgument",
    });
  });
});

describe("encryption", () => {
  it("is SSE-S3, said or not; keys of KMS are refused by name", async () => {
    const AES256 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false };
    const rules = async () =>
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
    const put = (SSEAlgorithm: "AES256" | "aws:kms" | "aws:kms:dsse", KMSMasterKeyID?: string) =>
      s3.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID } }],
          },
        }),
      );
    expect(await rules()).toEqual([AES256]);
    await put("AES256");
    expect(await rules()).toEqual([AES256]);
    const key = `arn:aws:kms:us-east-1:000000000000:key/${"1".repeat(8)}`;
    expect(await failure(put("aws:kms", key))).toMatchObject({ status: 501, message: expect.stringContaining(key) });
    expect(await failure(put("aws:kms:dsse"))).toMatchObject({
      status: 501,
      message: expect.stringContaining("aws:kms:dsse"),
    });
    await put("aws:kms");
    const byKms = new PutObjectCommand({ Bucket, Key: "by-kms", Body: "x" });
    const managed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: expect.stringMatching(/^arn:aws:kms:us-east-1:/) };
    expect(await s3.send(byKms)).toMatchObject(managed);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "by-kms" }))).toMatchObject(managed);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await rules()).toEqual([AES256]);
  });
});

describe("public access block", () => {
  it("is on in a new bucket, and is put as a whole", async () => {
    const read = async () =>
      (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
    const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    expect(await read()).toEqual(all);
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    );
    expect(await read()).toEqual({
      ...all,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await failure(read())).toMatchObject({ status: 404, code: "NoSuchPublicAccessBlockConfiguration" });
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: all }));
  });
});

describe("what no bucket has", () => {
  it("is replication: reading says so, and putting is refused by name", async () => {
    const answer = await send({ path: `/${Bucket}?replication` });
    expect([answer.status, answer.element("Code"), answer.element("BucketName")]).toEqual([
      404,
      "ReplicationConfigurationNotFoundError",
      Bucket,
    ]);
    const put = await send({ method: "PUT", path: `/${Bucket}?replication`, body: "<x/>" });
    expect([put.status, put.element("Message")]).toEqual([
      501,
      "s3:PutBucketReplication is not supported by Headwater.",
    ]);
  });

  it.each(["logging", "accelerate", "notification"])("is answered for %s by an empty document", async (query) => {
    const answer = await send({ path: `/${Bucket}?${query}` });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/<\w+ xmlns="[^"]+"\s*\/>$/);
  });
});

const BODIES: Readonly<Record<string, string>> = {
  tagging: "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
  publicAccessBlock: "<PublicAccessBlockConfiguration/>",
  encryption: "<ServerSideEncryptionConfiguration><Rule/></ServerSideEncryptionConfiguration>",
  ownershipControls:
    "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
};

describe("documents", () => {
  it.each(["tagging", "policy", "publicAccessBlock", "encryption", "ownershipControls"])(
    "of other bytes than their digest says are refused for %s",
    async (what) => {
      const headers = { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" };
      const answer = await send({
        method: "PUT",
        path: `/${Bucket}?${what}`,
        headers,
        body: BODIES[what] ?? "{}",
      });
      expect([answer.status, answer.element("Code")]).toEqual([400, "BadDigest"]);
    },
  );

  it.each(["publicAccessBlock", "tagging", "encryption"])("of another kind are no %s", async (what) => {
    const headers = { "content-type": "application/xml" };
    const answer = await send({
      method: "PUT",
      path: `/${Bucket}?${what}`,
      headers,
      body: "<Delete><Quiet>true</Quiet></Delete>",
    });
    expect([answer.status, answer.element("Code")]).toEqual([400, "MalformedXML"]);
  });
});

describe("policy", () => {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::000000000000:role/reader" },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const put = (policy: unknown) =>
    s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: typeof policy === "string" ? policy : JSON.stringify(policy) }),
    );
  const document = (more: object) => ({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] });

  it("is kept byte for byte", async () => {
    const text = JSON.stringify(document({}), undefined, 3);
    await put(text);
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(text);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({
      status: 404,
      code: "NoSuchBucketPolicy",
    });
  });

  it.each([
    ["no JSON", "nonsense", "Policies must be valid JSON and the first byte must be '{'"],
    ["no statement", { Version: "2012-10-17" }, "Missing required field Statement"],
    ["another version", { ...document({}), Version: "2020-01-01" }, "The policy must contain a valid version string"],
    ["no principal", document({ Principal: undefined }), "Missing required field Principal"],
    ["another effect", document({ Effect: "Maybe" }), 'Invalid effect: "Maybe"'],
    ["another service's action", document({ Action: "ec2:Run" }), "Policy has invalid action"],
    ["another bucket's objects", document({ Resource: "arn:aws:s3:::other/*" }), "Policy has invalid resource"],
  ])("is refused with %s", async (_what, policy, message) => {
    expect(await failure(put(policy))).toEqual({ status: 400, code: "MalformedPolicy", message });
  });

  it("for everyone is denied while public policies are blocked", async () => {
    expect(await failure(put(document({ Principal: "*" })))).toMatchObject({ status: 403, code: "AccessDenied" });
    await put(document({ Principal: "*", Effect: "Deny" }));
    await put(document({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } } }));
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } }),
    );
    await put(document({ Principal: { AWS: "*" } }));
  });
});
