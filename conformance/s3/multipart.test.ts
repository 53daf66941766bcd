import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bytes, failure, openS3, type S3Target } from "./fixture.ts";

const Bucket = "multipart";
const MB = 1024 * 1024;

let opened: S3Target;
let s3: S3Client;
/** 5 MB, 5 MB and a bit. */
const PARTS = [bytes(5 * MB, 1), bytes(5 * MB, 2), bytes(1000, 3)] as const;
const WHOLE = Buffer.concat(PARTS);

beforeAll(async () => {
  opened = await openS3({ manualClock: true });
  ({ s3 } = opened);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => opened[Symbol.asyncDispose]());

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}

type Upload = Awaited<ReturnType<typeof begin>>;

const upload = (to: Upload, PartNumber: number, Body: Uint8Array, more: object = {}) =>
  s3.send(new UploadPartCommand({ ...to, PartNumber, Body, ...more }));

async function uploadAll(to: Upload): Promise<CompletedPart[]> {
  const done: CompletedPart[] = [];
  for (const [index, body] of PARTS.entries()) {
    const { ETag } = await upload(to, index + 1, body);
    done.push({ PartNumber: index + 1, ETag });
  }
  return done;
}

const complete = (to: Upload, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts }, ...more }));

const digestOf = (algorithm: string, body: Uint8Array) => createHash(algorithm).update(body).digest();

function crcOf(body: Uint8Array): string {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc32(body));
  return out.toString("base64");
}

describe("CompleteMultipartUpload", () => {
  describe("behaviour", () => {
    it("makes one object of the parts, which nobody sees before", async () => {
      const to = await begin("whole", { Metadata: { a: "1" }, ContentType: "text/plain", Tagging: "t=1" });
      const parts = await uploadAll(to);
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
      const none = await opened.send({ path: `/${Bucket}/whole?partNumber=4` });
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

    it("is done once: a second time there is no such upload", async () => {
      const to = await begin("once");
      const { ETag } = await upload(to, 1, Buffer.from("x"));
      await complete(to, [{ PartNumber: 1, ETag }]);
      expect(await failure(complete(to, [{ PartNumber: 1, ETag }]))).toMatchObject({
        status: 404,
        code: "NoSuchUpload",
      });
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
      const answer = await complete(to, await uploadAll(to), {
        ChecksumCRC32: crcOf(WHOLE),
        ChecksumType: "FULL_OBJECT",
      });
      expect([answer.ChecksumCRC32, answer.ChecksumType]).toEqual([crcOf(WHOLE), "FULL_OBJECT"]);
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
      await complete(to, [{ PartNumber: 1, ETag }], { ChecksumCRC32: crcOf(Buffer.from("x")), MpuObjectSize: 1 });
    });
  });

  describe("validation", () => {
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

describe("UploadPart", () => {
  it.each([0, 10_001])("refuses the part number %d", async (PartNumber) => {
    const to = await begin("numbers");
    expect(await failure(upload(to, PartNumber, Buffer.from("x")))).toEqual({
      status: 400,
      code: "InvalidArgument",
      message: "Part number must be an integer between 1 and 10000, inclusive",
    });
  });

  it("knows uploads by bucket, key and id together", async () => {
    const to = await begin("mine");
    expect(await failure(upload({ ...to, Key: "other" }, 1, Buffer.from("x")))).toMatchObject({
      status: 404,
      code: "NoSuchUpload",
    });
    expect(await failure(upload({ ...to, UploadId: "x".repeat(3000) }, 1, Buffer.from("x")))).toMatchObject({
      code: "NoSuchUpload",
    });
  });
});

describe("UploadPartCopy", () => {
  it("copies an object, or a range of one, into a part", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "copied-from", Body: WHOLE }));
    const to = await begin("copied-to");
    const copy = { ...to, CopySource: `${Bucket}/copied-from` };
    const one = await s3.send(
      new UploadPartCopyCommand({ ...copy, PartNumber: 1, CopySourceRange: `bytes=1-${5 * MB}` }),
    );
    const two = await s3.send(new UploadPartCopyCommand({ ...copy, PartNumber: 2 }));
    await complete(to, [
      { PartNumber: 1, ETag: one.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: two.CopyPartResult?.ETag },
    ]);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "copied-to" }));
    const expected = Buffer.concat([WHOLE.subarray(1, 5 * MB + 1), WHOLE]);
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(expected)).toBe(true);
  });

  it.each([
    ["bytes=5-", "InvalidArgument"],
    ["bytes=9-3", "InvalidArgument"],
    ["0-4", "InvalidArgument"],
    ["bytes=0-5", "InvalidArgument"],
    ["bytes=5-6", "InvalidRequest"],
  ])("refuses the range %s of 5 bytes by %s", async (CopySourceRange, code) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "five", Body: "12345" }));
    const to = await begin("ranged");
    const copy = new UploadPartCopyCommand({ ...to, PartNumber: 1, CopySource: `${Bucket}/five`, CopySourceRange });
    expect(await failure(s3.send(copy))).toMatchObject({ status: 400, code });
  });
});

describe("ListParts", () => {
  it("pages by part number", async () => {
    const to = await begin("paged");
    for (const number of [3, 1, 10_000]) await upload(to, number, Buffer.from(`${number}`));
    const first = await s3.send(new ListPartsCommand({ ...to, MaxParts: 2 }));
    expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "3", MaxParts: 2 });
    const rest = await s3.send(new ListPartsCommand({ ...to, PartNumberMarker: "3" }));
    expect([rest.Parts?.map(({ PartNumber }) => PartNumber), rest.IsTruncated]).toEqual([[10_000], false]);
  });
});

describe("ListMultipartUploads", () => {
  it("lists by key and beginning, with prefixes and pages", async () => {
    const at = { Bucket: "uploads-listed" };
    await s3.send(new CreateBucketCommand(at));
    const ids = new Map<string, string>();
    for (const [name, Key] of [
      ["b1", "b"],
      ["b2", "b"],
      ["d", "d/1"],
      ["e", "d/2"],
      ["a", "a"],
    ] as const) {
      const { UploadId = "" } = await s3.send(new CreateMultipartUploadCommand({ ...at, Key }));
      ids.set(UploadId, name);
      await opened.target.clock.advance(1000);
    }
    const names = (answer: { Uploads?: { UploadId?: string }[] | undefined }) =>
      (answer.Uploads ?? []).map(({ UploadId = "" }) => ids.get(UploadId));
    expect(names(await s3.send(new ListMultipartUploadsCommand(at)))).toEqual(["a", "b1", "b2", "d", "e"]);
    const rolled = await s3.send(new ListMultipartUploadsCommand({ ...at, Delimiter: "/", Prefix: "" }));
    expect([names(rolled), rolled.CommonPrefixes]).toEqual([["a", "b1", "b2"], [{ Prefix: "d/" }]]);

    const seen: unknown[] = [];
    let page = await s3.send(new ListMultipartUploadsCommand({ ...at, MaxUploads: 2 }));
    seen.push(names(page));
    while (page.IsTruncated) {
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      page = await s3.send(new ListMultipartUploadsCommand({ ...at, MaxUploads: 2, KeyMarker, UploadIdMarker }));
      seen.push(names(page));
    }
    expect(seen).toEqual([["a", "b1"], ["b2", "d"], ["e"]]);
    await s3.send(new DeleteBucketCommand(at));
  });
});

describe("AbortMultipartUpload", () => {
  it("ends the upload and leaves the object that is there", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "aborted", Body: "before" }));
    const to = await begin("aborted");
    const { ETag } = await upload(to, 1, Buffer.from("x"));
    await s3.send(new AbortMultipartUploadCommand(to));
    expect(await failure(s3.send(new AbortMultipartUploadCommand(to)))).toMatchObject({
      status: 404,
      code: "NoSuchUpload",
    });
    expect(await failure(complete(to, [{ PartNumber: 1, ETag }]))).toMatchObject({ code: "NoSuchUpload" });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "aborted" }));
    expect(await got.Body?.transformToString()).toBe("before");
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
