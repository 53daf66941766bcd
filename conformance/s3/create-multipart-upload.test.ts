/**
 * Proves CreateMultipartUpload, UploadPart, UploadPartCopy, ListParts, ListMultipartUploads and AbortMultipartUpload.
 */
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketAclCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { createWithAcls, failure, useS3 } from "./fixture.ts";
import { begin as beginAt, uploadPart, type Upload, completeUpload, WHOLE, MB } from "./multipart-fixture.ts";

const Bucket = bucketName("multipart");

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });

const begin = (Key: string, more: Parameters<typeof beginAt>[2] = {}) => beginAt(s3, { Bucket, Key }, more);
const upload = (to: Upload, partNumber: number, body: Uint8Array, more: object = {}) =>
  uploadPart(s3, to, partNumber, body, more);
const complete = (to: Upload, parts: CompletedPart[], more: object = {}) => completeUpload(s3, to, parts, more);

describe("CreateMultipartUpload", () => {
  it("is for no one without a name, whatever the bucket lets everybody do", async () => {
    const open = await createWithAcls(s3, bucketName("open-to-all"));
    await s3.send(new PutBucketAclCommand({ Bucket: open, ACL: "public-read-write" }));
    expect((await send({ method: "PUT", path: `/${open}/k`, unsigned: true })).status).toBe(200);
    const answer = await send({ method: "POST", path: `/${open}/k?uploads`, unsigned: true });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      403,
      "AccessDenied",
      "Anonymous users cannot initiate multipart uploads.  Please authenticate.",
    ]);
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

describe("an object of parts", () => {
  it("is read to its end, whatever takes its place meanwhile", async () => {
    const to = await begin("replaced");
    // more than sockets hold, so that the small part is not read before it is gone
    const bodies = [Buffer.alloc(24 * MB, 1), Buffer.from("the end")];
    const parts: CompletedPart[] = [];
    for (const [index, body] of bodies.entries()) {
      const { ETag } = await upload(to, index + 1, body);
      parts.push({ PartNumber: index + 1, ETag });
    }
    await complete(to, parts);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "replaced" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "replaced", Body: "another" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(bodies))).toBe(true);
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
    // empty numbers are none
    const open = await send({ path: `/${Bucket}/paged?uploadId=${to.UploadId}&part-number-marker=&max-parts=` });
    expect(["PartNumberMarker", "NextPartNumberMarker", "MaxParts"].map((name) => open.element(name))).toEqual([
      "0",
      "10000",
      "1000",
    ]);
    for (const [parameter, page] of Object.entries({
      "max-parts": (value: number) => ({ MaxParts: value }),
      "part-number-marker": (value: number) => ({ PartNumberMarker: String(value) }),
    })) {
      const complaint = async (value: number) =>
        (await failure(s3.send(new ListPartsCommand({ ...to, ...page(value) })))).message;
      expect(await complaint(-1)).toBe(`Argument ${parameter} must be an integer between 0 and 2147483647`);
      expect(await complaint(2 ** 31)).toBe(`Provided ${parameter} not an integer or within integer range`);
    }
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
      await target.clock.advance(1000);
    }
    const names = (answer: { Uploads?: { UploadId?: string }[] | undefined }) =>
      (answer.Uploads ?? []).map(({ UploadId = "" }) => ids.get(UploadId));
    expect(names(await s3.send(new ListMultipartUploadsCommand(at)))).toEqual(["a", "b1", "b2", "d", "e"]);
    const rolled = await s3.send(new ListMultipartUploadsCommand({ ...at, Delimiter: "/", Prefix: "" }));
    expect([names(rolled), rolled.CommonPrefixes]).toEqual([["a", "b1", "b2"], [{ Prefix: "d/" }]]);
    const [last = ""] = [...ids].find(([, name]) => name === "e") ?? [];
    const whole = await send({ path: `/${at.Bucket}?uploads` });
    expect(["NextKeyMarker", "NextUploadIdMarker"].map((name) => whole.element(name))).toEqual(["d/2", last]);
    expect(whole.body).not.toContain("<Prefix");
    // a page of common prefixes alone says how to go on where there is more, and only there
    const first = { ...at, Delimiter: "1", Prefix: "d", MaxUploads: 1 };
    const { NextKeyMarker: next, NextUploadIdMarker: id } = await s3.send(new ListMultipartUploadsCommand(first));
    expect([next, id]).toEqual(["d/1", ""]);
    expect(names(await s3.send(new ListMultipartUploadsCommand({ ...first, KeyMarker: next })))).toEqual(["e"]);
    const prefixes = await s3.send(new ListMultipartUploadsCommand({ ...at, Delimiter: "/", Prefix: "d" }));
    expect([prefixes.NextKeyMarker, prefixes.NextUploadIdMarker, prefixes.Prefix]).toEqual(["", "", "d"]);

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
