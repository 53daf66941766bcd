import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bytes, failure, openS3, type S3Target } from "./fixture.ts";

const Bucket = "objects";
const LARGE = 300_000;

let opened: S3Target;
let s3: S3Client;

beforeAll(async () => {
  opened = await openS3();
  ({ s3 } = opened);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => opened[Symbol.asyncDispose]());

const md5 = (body: Uint8Array) => createHash("md5").update(body).digest("hex");
const read = async (Key: string) =>
  Buffer.from((await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()) ?? []);

describe("PutObject", () => {
  describe("behaviour", () => {
    it.each([0, 1, 65_536, 65_537, LARGE])(
      "answers the MD5 of %d bytes as ETag and gives the bytes back",
      async (size) => {
        const body = bytes(size);
        const Key = `sized/${size}`;
        const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentLength: size }));
        expect([put.ETag, put.ServerSideEncryption]).toEqual([`"${md5(body)}"`, "AES256"]);
        expect((await read(Key)).equals(body)).toBe(true);
      },
    );

    it("takes a stream, and replaces the object that is there", async () => {
      const body = bytes(LARGE);
      const Key = "replaced";
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes(LARGE, 2), Metadata: { old: "1" } }));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Readable.from([body]), ContentLength: LARGE }));
      expect((await read(Key)).equals(body)).toBe(true);
      expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata).toEqual({});
    });

    it("keeps system and user metadata", async () => {
      const Key = "described";
      const given = {
        CacheControl: "max-age=60",
        ContentDisposition: 'attachment; filename="a.txt"',
        ContentEncoding: "gzip",
        ContentLanguage: "en",
        ContentType: "text/plain; charset=utf-8",
        Expires: new Date(1_800_000_000_000),
        StorageClass: "STANDARD_IA" as const,
      };
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: "x",
          ...given,
          Metadata: { Kind: "Test", two: "2" },
          Tagging: "a=1&b=2",
        }),
      );
      expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
        ...given,
        Metadata: { kind: "Test", two: "2" },
        ContentLength: 1,
        AcceptRanges: "bytes",
        TagCount: 2,
      });
    });

    it("has binary/octet-stream as content type when none is given", async () => {
      await opened.send({ method: "PUT", path: `/${Bucket}/untyped`, headers: { "content-length": 1 }, body: "x" });
      expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "untyped" }))).ContentType).toBe(
        "binary/octet-stream",
      );
    });

    it("answers metadata that is not ASCII as RFC 2047 has it", async () => {
      const value = Buffer.from("Zürich ✓", "utf8").toString("latin1");
      const headers = { "content-length": 1, "x-amz-meta-place": value };
      await opened.send({ method: "PUT", path: `/${Bucket}/unicode-metadata`, headers, body: "x" });
      const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key: "unicode-metadata" }));
      expect(Metadata?.["place"]).toBe(`=?UTF-8?B?${Buffer.from("Zürich ✓").toString("base64")}?=`);
    });

    it.each([
      "plain",
      "a/b/../c",
      "./dot",
      "//",
      "ü/日本/😀",
      "space and+plus",
      "%41%2F",
      "a\nb",
      "q?x=1#y",
      "x".repeat(1024),
    ])("keeps the key %j apart from every other", async (Key) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${Key}` }));
      expect((await read(Key)).toString()).toBe(`of ${Key}`);
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType: "url" }));
      expect(Contents?.map((one) => decodeURIComponent((one.Key ?? "").replaceAll("+", " ")))).toContain(Key);
    });
  });

  describe("validation", () => {
    it("refuses a key of more than 1,024 bytes", async () => {
      const put = new PutObjectCommand({ Bucket, Key: "ü".repeat(513), Body: "x" });
      expect(await failure(s3.send(put))).toEqual({
        status: 400,
        code: "KeyTooLongError",
        message: "Your key is too long",
      });
    });

    it("refuses it in every operation, and takes any length of a prefix", async () => {
      const Key = "k".repeat(4000);
      expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key })))).toMatchObject({ code: "KeyTooLongError" });
      expect(await failure(s3.send(new DeleteObjectCommand({ Bucket, Key })))).toMatchObject({
        code: "KeyTooLongError",
      });
      expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }))).KeyCount).toBe(0);
      const after = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "x".repeat(4000), MaxKeys: 1 }));
      expect(after.Contents?.[0]?.Key).not.toBe("x".repeat(1024));
      expect(await opened.send({ path: `/${"b".repeat(3000)}/k` })).toMatchObject({ status: 400 });
    });

    it("refuses more than 2 KB of user metadata", async () => {
      const fits = { a: "x".repeat(2047) };
      await s3.send(new PutObjectCommand({ Bucket, Key: "meta", Body: "x", Metadata: fits }));
      const put = new PutObjectCommand({ Bucket, Key: "meta", Body: "x", Metadata: { ...fits, b: "" } });
      expect(await failure(s3.send(put))).toMatchObject({ status: 400, code: "MetadataTooLarge" });
    });

    it("refuses a body without a length", async () => {
      const headers = { "transfer-encoding": "chunked" };
      const answer = await opened.send({ method: "PUT", path: `/${Bucket}/unknown-length`, headers, body: "x" });
      expect([answer.status, answer.element("Code")]).toEqual([411, "MissingContentLength"]);
    });

    it("answers NoSuchBucket with the bucket's name", async () => {
      const answer = await opened.send({
        method: "PUT",
        path: "/no-such-one/k",
        headers: { "content-length": 1 },
        body: "x",
      });
      expect([answer.status, answer.element("Code"), answer.element("BucketName")]).toEqual([
        404,
        "NoSuchBucket",
        "no-such-one",
      ]);
      expect(answer.headers["x-amz-request-id"]).toBe(answer.element("RequestId"));
      expect(answer.headers["x-amz-id-2"]).toBeTruthy();
    });

    it.each([
      ["x-amz-server-side-encryption", "aws:kms"],
      ["x-amz-server-side-encryption-customer-algorithm", "AES256"],
      ["x-amz-website-redirect-location", "/x"],
      ["x-amz-storage-class", "GLACIER"],
      ["x-amz-write-offset-bytes", "5"],
    ])("refuses the header %s: %s by its name", async (name, value) => {
      const headers = { "content-length": 1, [name]: value };
      const answer = await opened.send({ method: "PUT", path: `/${Bucket}/refused`, headers, body: "x" });
      expect([answer.status, answer.element("Code"), answer.element("Header")]).toEqual([501, "NotImplemented", name]);
      expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: "refused" })))).toMatchObject({ status: 404 });
    });

    it("refuses what a bucket without ACLs, object lock and versions cannot do, as AWS does", async () => {
      const put = (more: object) =>
        failure(s3.send(new PutObjectCommand({ Bucket, Key: "refused", Body: "x", ...more })));
      expect(await put({ ACL: "public-read" })).toMatchObject({ status: 400, code: "AccessControlListNotSupported" });
      expect(await put({ GrantRead: "id=1" })).toMatchObject({ status: 400, code: "AccessControlListNotSupported" });
      expect(await put({ ObjectLockMode: "GOVERNANCE" })).toEqual({
        status: 400,
        code: "InvalidRequest",
        message: "Bucket is missing Object Lock Configuration",
      });
      expect(await put({ StorageClass: "COLD" })).toMatchObject({ status: 400, code: "InvalidStorageClass" });
      const version = new GetObjectCommand({ Bucket, Key: "sized/1", VersionId: "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY" });
      expect(await failure(s3.send(version))).toMatchObject({ status: 400, message: "Invalid version id specified" });
      await s3.send(new GetObjectCommand({ Bucket, Key: "sized/1", VersionId: "null" }));
    });
  });
});

describe("GetObject", () => {
  const body = bytes(LARGE);
  const small = "0123456789";

  beforeAll(async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: body }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: small }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "empty", Body: new Uint8Array() }));
  });

  describe("ranges", () => {
    it.each([
      ["bytes=0-0", "0", "bytes 0-0/10"],
      ["bytes=2-4", "234", "bytes 2-4/10"],
      ["bytes=7-", "789", "bytes 7-9/10"],
      ["bytes=7-99", "789", "bytes 7-9/10"],
      ["bytes=-3", "789", "bytes 7-9/10"],
      ["bytes=-99", small, "bytes 0-9/10"],
    ])("answers %s by 206", async (Range, expected, ContentRange) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "small", Range }));
      expect([answer.$metadata.httpStatusCode, await answer.Body?.transformToString(), answer.ContentRange]).toEqual([
        206,
        expected,
        ContentRange,
      ]);
      expect(answer.ContentLength).toBe(expected.length);
    });

    it.each(["bytes=0-1,3-4", "bytes=4-2", "lines=1-2", "bytes=x-y", "bytes=-"])("ignores %s", async (Range) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "small", Range }));
      expect([answer.$metadata.httpStatusCode, await answer.Body?.transformToString()]).toEqual([200, small]);
    });

    it.each([
      ["small", "bytes=10-"],
      ["small", "bytes=10-12"],
      ["small", "bytes=-0"],
      ["empty", "bytes=0-"],
      ["empty", "bytes=-1"],
    ])("answers 416 for %s and %s", async (key, range) => {
      const answer = await opened.send({ path: `/${Bucket}/${key}`, headers: { range } });
      expect([
        answer.status,
        answer.element("Code"),
        answer.element("RangeRequested"),
        answer.element("ActualObjectSize"),
      ]).toEqual([416, "InvalidRange", range, key === "small" ? "10" : "0"]);
    });

    it("reads from the middle of a file", async () => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "large", Range: "bytes=100000-100099" }));
      expect(
        Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body.subarray(100_000, 100_100)),
      ).toBe(true);
    });
  });

  it("answers with the headers that the query asks for", async () => {
    const asked = {
      ResponseCacheControl: "no-store",
      ResponseContentDisposition: "inline",
      ResponseContentEncoding: "identity",
      ResponseContentLanguage: "de",
      ResponseContentType: "text/x",
      ResponseExpires: new Date(1_800_000_000_000),
    };
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: "small", ...asked }));
    await answer.Body?.transformToByteArray();
    expect(answer).toMatchObject({
      CacheControl: "no-store",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      ContentLanguage: "de",
      ContentType: "text/x",
      Expires: asked.ResponseExpires,
    });
  });

  it("names the key that is not there", async () => {
    const answer = await opened.send({ path: `/${Bucket}/a%2Fnot%20there` });
    expect([answer.status, answer.element("Code"), answer.element("Message"), answer.element("Key")]).toEqual([
      404,
      "NoSuchKey",
      "The specified key does not exist.",
      "a/not there",
    ]);
  });

  it("reads an object to its end that is deleted and replaced meanwhile", async () => {
    const large = bytes(8_000_000);
    await s3.send(new PutObjectCommand({ Bucket, Key: "read-on", Body: large }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "read-on" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "read-on", Body: "new" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "read-on" }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(large)).toBe(true);
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "read-on" })))).toMatchObject({
      code: "NoSuchKey",
    });
  });
});

describe("HeadObject", () => {
  it("answers the length and no body", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "headed", Body: "12345" }));
    const answer = await opened.send({ method: "HEAD", path: `/${Bucket}/headed` });
    expect([answer.status, answer.headers["content-length"], answer.body]).toEqual([200, "5", ""]);
    const range = await opened.send({ method: "HEAD", path: `/${Bucket}/headed`, headers: { range: "bytes=1-2" } });
    expect([range.status, range.headers["content-length"], range.headers["content-range"]]).toEqual([
      206,
      "2",
      "bytes 1-2/5",
    ]);
  });

  it("answers errors without a body", async () => {
    expect(await opened.send({ method: "HEAD", path: `/${Bucket}/none` })).toMatchObject({ status: 404, body: "" });
    const range = { range: "bytes=9-" };
    expect(await opened.send({ method: "HEAD", path: `/${Bucket}/headed`, headers: range })).toMatchObject({
      status: 416,
      body: "",
    });
  });
});

describe("GetObjectAttributes", () => {
  it("answers what is asked for, and nothing else", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "attributes", Body: "12345" }));
    const some = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "attributes", ObjectAttributes: ["ETag", "ObjectSize"] }),
    );
    expect(some).toMatchObject({ ETag: md5(Buffer.from("12345")), ObjectSize: 5 });
    expect([some.Checksum, some.StorageClass, some.ObjectParts]).toEqual([undefined, undefined, undefined]);
    const all = new GetObjectAttributesCommand({
      Bucket,
      Key: "attributes",
      ObjectAttributes: ["Checksum", "StorageClass", "ObjectParts"],
    });
    expect(await s3.send(all)).toMatchObject({ Checksum: { ChecksumType: "FULL_OBJECT" }, StorageClass: "STANDARD" });
  });
});

describe("DeleteObject", () => {
  it("answers 204, whether there is an object or not", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "gone", Body: "x" }));
    for (let time = 0; time < 2; time++) {
      const { $metadata } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
      expect($metadata.httpStatusCode).toBe(204);
    }
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "gone" })))).toMatchObject({ code: "NoSuchKey" });
  });
});

describe("DeleteObjects", () => {
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));

  it("answers for each key by itself", async () => {
    await put("many/1");
    await put("many/2");
    const Objects = [
      { Key: "many/1" },
      { Key: "many/none" },
      { Key: "many/2", ETag: '"0"' },
      { Key: "many/2", VersionId: "v1" },
    ];
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(["many/1", "many/none"]);
    expect(answer.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
      ["many/2", "PreconditionFailed"],
      ["many/2", "InvalidArgument"],
    ]);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "many/" }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["many/2"]);
  });

  it("is silent about successes when asked to be", async () => {
    await put("quiet");
    const answer = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "quiet" }], Quiet: true } }),
    );
    expect([answer.Deleted, answer.Errors]).toEqual([undefined, undefined]);
  });

  it("refuses more than 1,000 keys and none", async () => {
    const Objects = Array.from({ length: 1001 }, (_one, index) => ({ Key: `${index}` }));
    expect(await failure(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })))).toMatchObject({
      status: 400,
      code: "MalformedXML",
    });
    expect(await failure(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [] } })))).toMatchObject({
      code: "MalformedXML",
    });
  });

  it("refuses a document that is not what its digest says", async () => {
    await put("kept");
    const request = {
      method: "POST",
      path: `/${Bucket}?delete`,
      body: "<Delete><Object><Key>kept</Key></Object></Delete>",
    };
    const none = await opened.send(request);
    expect([none.status, none.element("Message")]).toEqual([
      400,
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    ]);
    const wrong = await opened.send({
      ...request,
      headers: { "content-md5": createHash("md5").update("other").digest("base64") },
    });
    expect([wrong.status, wrong.element("Code")]).toEqual([400, "BadDigest"]);
    await s3.send(new HeadObjectCommand({ Bucket, Key: "kept" }));
  });
});
