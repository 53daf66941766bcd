import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { bytes, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("copies");

const { s3 } = useS3({ bucket: Bucket });

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "copies-too" }));
});

const source = (Key: string, more: object = {}) =>
  s3.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: "body",
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { a: "1" },
      Tagging: "t=1",
      StorageClass: "STANDARD_IA",
      ...more,
    }),
  );

describe("CopyObject", () => {
  describe("behaviour", () => {
    it("copies bytes, metadata and tags, but not the storage class", async () => {
      const { ETag } = await source("from");
      const copy = await s3.send(
        new CopyObjectCommand({ Bucket: "copies-too", Key: "to", CopySource: `/${Bucket}/from` }),
      );
      expect(copy.CopyObjectResult).toMatchObject({ ETag });
      const head = await s3.send(new HeadObjectCommand({ Bucket: "copies-too", Key: "to" }));
      expect(head).toMatchObject({
        ContentType: "text/plain",
        CacheControl: "no-cache",
        Metadata: { a: "1" },
        TagCount: 1,
      });
      expect(head.StorageClass).toBeUndefined();
    });

    it("replaces metadata and tags when told to", async () => {
      await source("replaced-from");
      const replace = { MetadataDirective: "REPLACE", TaggingDirective: "REPLACE" } as const;
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          Key: "replaced-to",
          CopySource: `${Bucket}/replaced-from`,
          ...replace,
          Metadata: { b: "2" },
          ContentType: "text/html",
          Tagging: "u=2",
        }),
      );
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "replaced-to" }));
      expect([head.Metadata, head.ContentType, head.CacheControl]).toEqual([{ b: "2" }, "text/html", undefined]);
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "replaced-to" }));
      expect(TagSet).toEqual([{ Key: "u", Value: "2" }]);
    });

    it("copies large objects and keys that need encoding", async () => {
      const body = bytes(400_000);
      const Key = "ü/a b+c?d";
      await source(Key, { Body: body });
      const CopySource = encodeURIComponent(`${Bucket}/${Key}`);
      await s3.send(new CopyObjectCommand({ Bucket, Key: "large", CopySource }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    });

    it("computes the checksum that is asked for", async () => {
      await source("checked", { Body: "data" });
      const copy = await s3.send(
        new CopyObjectCommand({
          Bucket,
          Key: "checked-to",
          CopySource: `${Bucket}/checked`,
          ChecksumAlgorithm: "CRC32",
        }),
      );
      const { ETag, LastModified } = copy.CopyObjectResult ?? {};
      expect(copy.CopyObjectResult).toEqual({
        ETag,
        LastModified,
        ChecksumCRC32: "rfPzYw==",
        ChecksumType: "FULL_OBJECT",
      });
    });

    it("copies an object to itself with other metadata", async () => {
      await source("same");
      const same = { Bucket, Key: "same", CopySource: `${Bucket}/same` };
      await s3.send(new CopyObjectCommand({ ...same, MetadataDirective: "REPLACE", Metadata: { c: "3" } }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "same" }));
      expect([await got.Body?.transformToString(), got.Metadata]).toEqual(["body", { c: "3" }]);
    });

    it("copies an object to itself that is encrypted anew: by what its bucket was told, or no more by KMS", async () => {
      await source("kms", { ServerSideEncryption: "aws:kms" });
      const itself = (to: string, Key: string) => ({ Bucket: to, Key, CopySource: `${to}/${Key}` });
      const copied = await s3.send(new CopyObjectCommand(itself(Bucket, "kms")));
      expect(copied.ServerSideEncryption).toBe("AES256");
      const told = "copies-encrypted";
      await s3.send(new CreateBucketCommand({ Bucket: told }));
      await s3.send(new PutObjectCommand({ Bucket: told, Key: "k", Body: "x" }));
      expect(await failure(s3.send(new CopyObjectCommand(itself(told, "k"))))).toMatchObject({
        code: "InvalidRequest",
      });
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
      await s3.send(new PutBucketEncryptionCommand({ Bucket: told, ServerSideEncryptionConfiguration: { Rules } }));
      await s3.send(new CopyObjectCommand(itself(told, "k")));
    });

    it("tells the null version that it makes, and not the one that it reads", async () => {
      const versioned = "copies-versioned";
      await s3.send(new CreateBucketCommand({ Bucket: versioned }));
      const set = (Status: "Enabled" | "Suspended") =>
        s3.send(new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration: { Status } }));
      const copy = async () => {
        const itself = { Bucket: versioned, Key: "k", CopySource: `${versioned}/k`, StorageClass: "STANDARD" as const };
        const { VersionId, CopySourceVersionId } = await s3.send(new CopyObjectCommand(itself));
        return [VersionId, CopySourceVersionId];
      };
      await set("Enabled");
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: versioned, Key: "k", Body: "x" }));
      await set("Suspended");
      expect(await copy()).toEqual(["null", VersionId]);
      expect(await copy()).toEqual(["null", undefined]);
      await set("Enabled");
      expect(await copy()).toEqual([expect.stringMatching(/^.{32}$/), undefined]);
    });
  });

  describe("validation", () => {
    it("refuses a copy of an object to itself that changes nothing", async () => {
      await source("unchanged");
      const copy = new CopyObjectCommand({ Bucket, Key: "unchanged", CopySource: `${Bucket}/unchanged` });
      expect(await failure(s3.send(copy))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message:
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
          "metadata, storage class, website redirect location or encryption attributes.",
      });
    });

    it.each([
      [`${Bucket}/none`, "NoSuchKey"],
      ["no-such-bucket/k", "NoSuchBucket"],
      [Bucket, "InvalidArgument"],
      [`${Bucket}/`, "InvalidArgument"],
      [`${Bucket}/%zz`, "InvalidArgument"],
      [`${Bucket}/from?versionId=abc`, "InvalidArgument"],
    ])("answers for the source %s with %s", async (CopySource, code) => {
      expect(await failure(s3.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource })))).toMatchObject({ code });
    });

    it("refuses a directive that it does not know", async () => {
      const copy = { Bucket, Key: "x", CopySource: `${Bucket}/from` };
      const unknown = new CopyObjectCommand({ ...copy, MetadataDirective: "MERGE" as "COPY" });
      expect(await failure(s3.send(unknown))).toMatchObject({
        code: "InvalidArgument",
        message: "Unknown metadata directive.",
      });
    });
  });
});
