import {
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { xxhash3 } from "hash-wasm";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";
import {
  begin as beginAt,
  uploadPart,
  type Upload,
  completeUpload,
  uploadAll,
  digestOf,
  crcOf,
  PARTS,
  WHOLE,
  MB,
} from "./multipart-fixture.ts";

const Bucket = bucketName("completed");

const { s3, send } = useS3({ bucket: Bucket });

const begin = (Key: string, more: Parameters<typeof beginAt>[2] = {}) => beginAt(s3, { Bucket, Key }, more);
const upload = (to: Upload, partNumber: number, body: Uint8Array, more: object = {}) =>
  uploadPart(s3, to, partNumber, body, more);
const complete = (to: Upload, parts: CompletedPart[], more: object = {}) => completeUpload(s3, to, parts, more);

describe("CompleteMultipartUpload", () => {
  describe("behaviour", () => {
    it("makes one object of the parts, which nobody sees before", async () => {
      const to = await begin("whole", { Metadata: { a: "1" }, ContentType: "text/plain", Tagging: "t=1" });
      const parts = await uploadAll(s3, to);
      expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: "whole" })))).toMatchObject({ status: 404 });

      const md5s = Buffer.concat(PARTS.map((part) => digestOf("md5", part)));
      const expected = `"${digestOf("md5", md5s).toString("hex")}-3"`;
      expect(await complete(to, parts)).toMatchObject({
        ETag: expected,
        Bucket,
        Key: "whole",
        ChecksumType: "FULL_OBJECT",
      });

      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "whole" }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(WHOLE)).toBe(true);
      expect(got).toMatchObject({ ETag: expected, Metadata: { a: "1" }, ContentType: "text/plain", TagCount: 1 });
      expect(await failure(s3.send(new ListPartsCommand(to)))).toMatchObject({ code: "NoSuchUpload" });
    });

    it("reads ranges over the parts' borders, and parts by number", async () => {
      const start = 5 * MB - 10;
      const range = await s3.send(
        new GetObjectCommand({ Bucket, Key: "whole", Range: `bytes=${start}-${start + 19}` }),
      );
      expect(
        Buffer.from((await range.Body?.transformToByteArray()) ?? []).equals(WHOLE.subarray(start, start + 20)),
      ).toBe(true);
      const over = await s3.send(new GetObjectCommand({ Bucket, Key: "whole", Range: `bytes=10-${10 * MB + 9}` }));
      expect(
        Buffer.from((await over.Body?.transformToByteArray()) ?? []).equals(WHOLE.subarray(10, 10 * MB + 10)),
      ).toBe(true);
      const part = await s3.send(new GetObjectCommand({ Bucket, Key: "whole", PartNumber: 3 }));
      expect(Buffer.from((await part.Body?.transformToByteArray()) ?? []).equals(PARTS[2])).toBe(true);
      expect([part.$metadata.httpStatusCode, part.PartsCount, part.ContentRange]).toEqual([
        206,
        3,
        `bytes ${10 * MB}-${10 * MB + 999}/${10 * MB + 1000}`,
      ]);
      const none = await send({ path: `/${Bucket}/whole?partNumber=4` });
      expect([none.status, none.element("Code"), none.element("ActualPartCount")]).toEqual([
        416,
        "InvalidPartNumber",
        "3",
      ]);
    });

    it("takes the parts that are listed, and drops the others", async () => {
      const to = await begin("some");
      const { ETag: first } = await upload(to, 2, Buffer.from("two"));
      await upload(to, 7, Buffer.from("seven"));
      await complete(to, [{ PartNumber: 2, ETag: first }]);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "some" }));
      expect(await got.Body?.transformToString()).toBe("two");
    });

    it("uses the part that was uploaded last under a number", async () => {
      const to = await begin("again");
      const { ETag: old } = await upload(to, 1, Buffer.from("old"));
      const { ETag } = await upload(to, 1, Buffer.from("new"));
      expect(await failure(complete(to, [{ PartNumber: 1, ETag: old }]))).toMatchObject({ code: "InvalidPart" });
      await complete(to, [{ PartNumber: 1, ETag }]);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: "again" }));
      expect(await got.Body?.transformToString()).toBe("new");
    });

    it("answers the same a second time, as long as the object is the one that it made", async () => {
      const to = await begin("once");
      const { ETag } = await upload(to, 1, Buffer.from("x"));
      const { $metadata: _first, ...answer } = await complete(to, [{ PartNumber: 1, ETag }]);
      expect(await complete(to, [{ PartNumber: 1, ETag }])).toMatchObject(answer);
      const gone = { status: 404, code: "NoSuchUpload" };
      expect(await failure(complete(to, [{ PartNumber: 1, ETag: '"other"' }]))).toMatchObject(gone);
      await s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: "another" }));
      expect(await failure(complete(to, [{ PartNumber: 1, ETag }]))).toMatchObject(gone);
    });
  });

  describe("checksums", () => {
    it("is a CRC64NVME of the whole when none was asked for", async () => {
      const put = await s3.send(new PutObjectCommand({ Bucket, Key: "same-bytes", Body: WHOLE }));
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "whole", ChecksumMode: "ENABLED" }));
      expect([head.ChecksumCRC64NVME, head.ChecksumType]).toEqual([put.ChecksumCRC64NVME, "FULL_OBJECT"]);
    });

    it("of FULL_OBJECT is that of the whole, from those of the parts", async () => {
      const to = await begin("full-object", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
      const answer = await complete(to, await uploadAll(s3, to), {
        ChecksumCRC32: crcOf(WHOLE),
        ChecksumType: "FULL_OBJECT",
      });
      expect([answer.ChecksumCRC32, answer.ChecksumType]).toEqual([crcOf(WHOLE), "FULL_OBJECT"]);
    });

    it("of COMPOSITE is that of the parts' checksums with XXHASH, too", async () => {
      const to = await begin("xxhash", { ChecksumAlgorithm: "XXHASH3" });
      const digests = await Promise.all(PARTS.map(async (part) => Buffer.from(await xxhash3(part), "hex")));
      const parts: CompletedPart[] = [];
      for (const [index, body] of PARTS.entries()) {
        const ChecksumXXHASH3 = digests[index]?.toString("base64");
        const { ETag } = await upload(to, index + 1, body, { ChecksumXXHASH3 });
        parts.push({ PartNumber: index + 1, ETag, ChecksumXXHASH3 });
      }
      const value = Buffer.from(await xxhash3(Buffer.concat(digests)), "hex").toString("base64");
      const answer = await complete(to, parts);
      expect([answer.ChecksumXXHASH3, answer.ChecksumType]).toEqual([`${value}-3`, "COMPOSITE"]);
    });

    it("of COMPOSITE is that of the parts' checksums and their number", async () => {
      const to = await begin("composite", { ChecksumAlgorithm: "SHA256" });
      const parts: CompletedPart[] = [];
      for (const [index, body] of PARTS.entries()) {
        const ChecksumSHA256 = digestOf("sha256", body).toString("base64");
        const { ETag, ChecksumSHA256: answered } = await upload(to, index + 1, body, { ChecksumSHA256 });
        expect(answered).toBe(ChecksumSHA256);
        parts.push({ PartNumber: index + 1, ETag, ChecksumSHA256 });
      }
      const value = digestOf("sha256", Buffer.concat(PARTS.map((part) => digestOf("sha256", part)))).toString("base64");
      const answer = await complete(to, parts);
      expect([answer.ChecksumSHA256, answer.ChecksumType]).toEqual([`${value}-3`, "COMPOSITE"]);
      const attributes = await s3.send(
        new GetObjectAttributesCommand({
          Bucket,
          Key: "composite",
          ObjectAttributes: ["Checksum", "ObjectParts"],
          MaxParts: 2,
        }),
      );
      expect(attributes.Checksum).toMatchObject({ ChecksumSHA256: value, ChecksumType: "COMPOSITE" });
      expect(attributes.ObjectParts).toMatchObject({
        TotalPartsCount: 3,
        IsTruncated: true,
        NextPartNumberMarker: "2",
      });
      expect(attributes.ObjectParts?.Parts?.[1]).toMatchObject({ PartNumber: 2, Size: 5 * MB });
      const behind = new GetObjectAttributesCommand({
        Bucket,
        Key: "composite",
        ObjectAttributes: ["ObjectParts"],
        MaxParts: 1,
        PartNumberMarker: "10",
      });
      expect((await s3.send(behind)).ObjectParts).toEqual({
        TotalPartsCount: 3,
        PartNumberMarker: "10",
        NextPartNumberMarker: "0",
        MaxParts: 1,
        IsTruncated: false,
      });
    });

    it("has to be the one that the upload was begun with", async () => {
      const to = await begin("mismatch", { ChecksumAlgorithm: "SHA256" });
      const crc = upload(to, 1, Buffer.from("x"), { ChecksumCRC32: crcOf(Buffer.from("x")) });
      expect(await failure(crc)).toEqual({
        status: 400,
        code: "InvalidRequest",
        message: "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32",
      });
      const { ETag } = await upload(to, 1, Buffer.from("x"), {
        ChecksumSHA256: digestOf("sha256", Buffer.from("x")).toString("base64"),
      });
      expect(await failure(complete(to, [{ PartNumber: 1, ETag }]))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message:
          "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. " +
          "It was missing for part 1 in the request.",
      });
      const full = begin("mismatch", { ChecksumAlgorithm: "SHA256", ChecksumType: "FULL_OBJECT" });
      expect(await failure(full)).toMatchObject({
        message: "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.",
      });
    });

    it("of the whole is checked when the client gives it", async () => {
      const to = await begin("wrong-whole", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
      const { ETag } = await upload(to, 1, Buffer.from("x"));
      const wrong = complete(to, [{ PartNumber: 1, ETag }], { ChecksumCRC32: crcOf(Buffer.from("y")) });
      expect(await failure(wrong)).toMatchObject({ status: 400, code: "BadDigest" });
      expect(await failure(complete(to, [{ PartNumber: 1, ETag }], { MpuObjectSize: 2 }))).toMatchObject({
        code: "InvalidRequest",
      });
      // one that the request does not call one of the whole is none, right as it may be
      const ChecksumCRC32 = crcOf(Buffer.from("x"));
      expect(await failure(complete(to, [{ PartNumber: 1, ETag }], { ChecksumCRC32 }))).toEqual({
        status: 400,
        code: "BadDigest",
        message: "The crc32 you specified did not match the calculated checksum.",
      });
      const ChecksumType = "FULL_OBJECT" as const;
      await complete(to, [{ PartNumber: 1, ETag }], { ChecksumCRC32, ChecksumType, MpuObjectSize: 1 });
      const first = new HeadObjectCommand({ Bucket, Key: "wrong-whole", PartNumber: 1, ChecksumMode: "ENABLED" });
      expect(await s3.send(first)).toMatchObject({ ChecksumCRC32, ChecksumType });
    });

    it("of an upload that asked for none is claimed neither of its parts nor by its type", async () => {
      const to = await begin("unasked");
      const ChecksumCRC32 = crcOf(Buffer.from("x"));
      const { ETag } = await upload(to, 1, Buffer.from("x"), { ChecksumCRC32 });
      const parts = [{ PartNumber: 1, ETag }];
      expect(await failure(complete(to, parts, { ChecksumType: "FULL_OBJECT" }))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message:
          "The upload was created using the null checksum mode. The complete request must use the same checksum mode.",
      });
      expect(await failure(complete(to, [{ PartNumber: 1, ETag, ChecksumCRC32 }]))).toMatchObject({
        status: 400,
        code: "InvalidPart",
      });
      // the whole's in another algorithm is not looked at
      await complete(to, parts, { ChecksumCRC32: `${ChecksumCRC32}-2` });
    });

    it("of COMPOSITE is claimed of the parts in the upload's algorithm, its type before all else", async () => {
      const to = await begin("claims", { ChecksumAlgorithm: "CRC32" });
      const ChecksumCRC32 = crcOf(Buffer.from("x"));
      const { ETag } = await upload(to, 1, Buffer.from("x"), { ChecksumCRC32 });
      const ChecksumSHA256 = digestOf("sha256", Buffer.from("x")).toString("base64");
      expect(await failure(complete(to, [{ PartNumber: 1, ETag, ChecksumSHA256 }]))).toEqual({
        status: 400,
        code: "BadDigest",
        message: "The sha256 you specified for part 1 did not match what we received.",
      });
      const asWhole = complete(to, [{ PartNumber: 1, ETag }], { ChecksumType: "FULL_OBJECT" });
      expect((await failure(asWhole)).message).toBe(
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.",
      );
    });

    it("of what is encrypted by KMS is not told by the completion", async () => {
      const to = await begin("kms", { ServerSideEncryption: "aws:kms" });
      const { ETag } = await upload(to, 1, Buffer.from("x"));
      const answer = await complete(to, [{ PartNumber: 1, ETag }]);
      expect([answer.ServerSideEncryption, answer.ChecksumType]).toEqual(["aws:kms", undefined]);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "kms", ChecksumMode: "ENABLED" }));
      expect(head.ChecksumCRC64NVME).toBeDefined();
    });
  });

  describe("validation", () => {
    it("refuses a request without a document, and one without parts", async () => {
      const to = await begin("partless");
      expect(await failure(s3.send(new CompleteMultipartUploadCommand(to)))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message: "You must specify at least one part",
      });
      expect(await failure(complete(to, []))).toMatchObject({ status: 400, code: "MalformedXML" });
    });

    it("refuses parts below 5 MB, except the last", async () => {
      const to = await begin("small");
      const { ETag } = await upload(to, 1, Buffer.alloc(5 * MB - 1));
      const { ETag: last } = await upload(to, 2, Buffer.from("x"));
      const parts = [
        { PartNumber: 1, ETag },
        { PartNumber: 2, ETag: last },
      ];
      expect(await failure(complete(to, parts))).toEqual({
        status: 400,
        code: "EntityTooSmall",
        message: "Your proposed upload is smaller than the minimum allowed size",
      });
      // the upload is as it was
      expect((await s3.send(new ListPartsCommand(to))).Parts).toHaveLength(2);
    });

    it("refuses parts out of order, unknown ones and none", async () => {
      const to = await begin("order");
      const { ETag } = await upload(to, 1, Buffer.from("x"));
      const twice = [
        { PartNumber: 2, ETag },
        { PartNumber: 1, ETag },
      ];
      expect(await failure(complete(to, twice))).toMatchObject({ status: 400, code: "InvalidPartOrder" });
      expect(await failure(complete(to, [{ PartNumber: 2, ETag }]))).toMatchObject({
        status: 400,
        code: "InvalidPart",
      });
      expect(await failure(complete(to, []))).toMatchObject({ status: 400, code: "MalformedXML" });
    });
  });
});

describe("objects of parts", () => {
  it("are deleted, replaced and listed as others are", async () => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "whole" }));
    expect(Contents?.[0]?.Size).toBe(WHOLE.length);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "whole" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "composite", Body: "now small" }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "composite" }));
    expect([await got.Body?.transformToString(), got.PartsCount]).toEqual(["now small", undefined]);
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "whole" })))).toMatchObject({ code: "NoSuchKey" });
  });
});
