import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { bytes, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("put-objects");
const LARGE = 300_000;

const { s3, send } = useS3({ bucket: Bucket });

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
      await send({ method: "PUT", path: `/${Bucket}/untyped`, headers: { "content-length": 1 }, body: "x" });
      expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "untyped" }))).ContentType).toBe(
        "binary/octet-stream",
      );
    });

    it("answers metadata that is not ASCII as RFC 2047 has it", async () => {
      const value = Buffer.from("Zürich ✓", "utf8").toString("latin1");
      const headers = { "content-length": 1, "x-amz-meta-place": value };
      await send({ method: "PUT", path: `/${Bucket}/unicode-metadata`, headers, body: "x" });
      const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key: "unicode-metadata" }));
      expect(Metadata?.["place"]).toBe("=?UTF-8?Q?Z=C3=BCrich_=E2=9C=93?=");
    });

    it.each([
      ["ÄMÄZÕÑ S3", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="],
      ["a_b=c?ü", "=?UTF-8?Q?a=5Fb=3Dc=3F=C3=BC?="],
      // most of it is not ASCII
      ["äöü", `=?UTF-8?B?${Buffer.from("äöü").toString("base64")}?=`],
      ["=?UTF-8?B?YWJj?=", "abc"],
      ["=?UTF-8?B?YWJj?=, c", "=?UTF-8?B?YWJj?=, c"],
      ["=?utf-8?q?a_b=21?= =?UTF-8?B?YWJj?= c", "a b!abc c"],
      ["=?UTF-8?B?w7w=?=", `=?UTF-8?B?${Buffer.from("ü").toString("base64")}?=`],
      ["=?unheard-of?B?YWJj?=", "=?unheard-of?B?YWJj?="],
    ])("reads the metadata %s as RFC 2047 has it", async (text, answered) => {
      const value = Buffer.from(text, "utf8").toString("latin1");
      const headers = { "content-length": 1, "x-amz-meta-text": value };
      await send({ method: "PUT", path: `/${Bucket}/words`, headers, body: "x" });
      const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key: "words" }));
      expect(Metadata?.["text"]).toBe(answered);
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
      expect(await send({ path: `/${"b".repeat(3000)}/k` })).toMatchObject({ status: 400 });
    });

    it("refuses more than 2 KB of user metadata", async () => {
      const fits = { a: "x".repeat(2047) };
      await s3.send(new PutObjectCommand({ Bucket, Key: "meta", Body: "x", Metadata: fits }));
      const put = new PutObjectCommand({ Bucket, Key: "meta", Body: "x", Metadata: { ...fits, b: "" } });
      expect(await failure(s3.send(put))).toMatchObject({ status: 400, code: "MetadataTooLarge" });
    });

    it("heeds no expectation but 100-continue", async () => {
      for (const expect_ of ["200", ""]) {
        const headers = { expect: expect_, "content-length": 1 };
        const answer = await send({ method: "PUT", path: `/${Bucket}/expected`, headers, body: "x" });
        expect(answer.status).toBe(200);
      }
    });

    it("refuses a body whose length only its end tells", async () => {
      const headers = { "transfer-encoding": "chunked" };
      const answer = await send({ method: "PUT", path: `/${Bucket}/unknown-length`, headers, body: "x" });
      expect([answer.status, answer.element("Code"), answer.element("Header")]).toEqual([
        501,
        "NotImplemented",
        "Transfer-Encoding",
      ]);
    });

    it("answers NoSuchBucket with the bucket's name", async () => {
      const answer = await send({
        method: "PUT",
        path: "/no-such-one/k",
        headers: { "content-length": 1 },
        body: "x",
      });
      expect(answer.element("HostId")).toBe(answer.headers["x-amz-id-2"]);
      expect([answer.status, answer.element("Code"), answer.element("BucketName")]).toEqual([
        404,
        "NoSuchBucket",
        "no-such-one",
      ]);
      expect(answer.headers["x-amz-request-id"]).toBe(answer.element("RequestId"));
      expect(answer.headers["x-amz-id-2"]).toBeTruthy();
    });

    it.each([
      ["x-amz-server-side-encryption", "aws:kms:dsse"],
      ["x-amz-write-offset-bytes", "5"],
    ])("refuses the header %s: %s by its name", async (name, value) => {
      embeddedOnly("is about what Headwater refuses by name");
      const headers = { "content-length": 1, [name]: value };
      const answer = await send({ method: "PUT", path: `/${Bucket}/refused`, headers, body: "x" });
      expect([answer.status, answer.element("Code"), answer.element("Header")]).toEqual([501, "NotImplemented", name]);
      expect(answer.element("Message")).toBe(
        `A header you provided implies functionality that is not implemented: ${name}`,
      );
      expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: "refused" })))).toMatchObject({ status: 404 });
    });

    it("refuses what a bucket without ACLs, object lock and versions cannot do, as AWS does", async () => {
      const put = (more: object) =>
        failure(s3.send(new PutObjectCommand({ Bucket, Key: "refused", Body: "x", ...more })));
      expect(await put({ ACL: "public-read" })).toMatchObject({ status: 400, code: "AccessControlListNotSupported" });
      expect(await put({ GrantRead: "uri=http://acs.amazonaws.com/groups/global/AllUsers" })).toMatchObject({
        status: 400,
        code: "AccessControlListNotSupported",
      });
      expect(await put({ ObjectLockLegalHoldStatus: "ON" })).toEqual({
        status: 400,
        code: "InvalidRequest",
        message: "Bucket is missing Object Lock Configuration",
      });
      expect(await put({ StorageClass: "COLD" })).toMatchObject({ status: 400, code: "InvalidStorageClass" });
      // of other kinds of buckets
      expect(await put({ StorageClass: "OUTPOSTS" })).toMatchObject({ status: 400, code: "InvalidStorageClass" });
      const version = new GetObjectCommand({ Bucket, Key: "sized/1", VersionId: "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY" });
      expect(await failure(s3.send(version))).toMatchObject({ status: 400, message: "Invalid version id specified" });
      await s3.send(new GetObjectCommand({ Bucket, Key: "sized/1", VersionId: "null" }));
    });
  });
});
