import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("conditions");

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });
let etag: string;
let sourceEtag: string;
/** When the object was put, and a second before and after. */
let at: Date;
let before: Date;
let after: Date;

beforeAll(async () => {
  const { clock } = target;
  await clock.advance(1000 - (clock.now() % 1000) + 300);
  at = new Date(clock.now() - 300);
  before = new Date(at.getTime() - 1000);
  after = new Date(at.getTime() + 1000);
  etag = (await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body" }))).ETag ?? "";
  sourceEtag = (await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: "source" }))).ETag ?? "";
  await clock.advance(60_000);
});

const other = '"00000000000000000000000000000000"';
const get = async (headers: Record<string, string>) => (await send({ path: `/${Bucket}/k`, headers })).status;
const headEtag = async (key: string) => (await send({ method: "HEAD", path: `/${Bucket}/${key}` })).headers.etag;
const http = (date: Date) => date.toUTCString();

describe("GetObject", () => {
  it("answers 412 unless If-Match names the ETag", async () => {
    expect(await get({ "if-match": etag })).toBe(200);
    expect(await get({ "if-match": etag.replaceAll('"', "") })).toBe(200);
    expect(await get({ "if-match": `${other}, ${etag}` })).toBe(200);
    expect(await get({ "if-match": "*" })).toBe(200);
    expect(await get({ "if-match": other })).toBe(412);
  });

  it("answers 304 without a body if If-None-Match names the ETag", async () => {
    expect(await get({ "if-none-match": other })).toBe(200);
    const answer = await send({ path: `/${Bucket}/k`, headers: { "if-none-match": etag } });
    expect([answer.status, answer.body, answer.headers.etag]).toEqual([304, "", etag]);
    expect(answer.headers["content-type"]).toBeUndefined();
    expect(answer.headers["last-modified"]).toBe(http(at));
    expect(await get({ "if-none-match": `W/${etag}` })).toBe(304);
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "k", IfNoneMatch: etag })))).toMatchObject({
      status: 304,
    });
  });

  it("compares dates in whole seconds", async () => {
    expect(await get({ "if-modified-since": http(before) })).toBe(200);
    expect(await get({ "if-modified-since": http(at) })).toBe(304);
    expect(await get({ "if-modified-since": http(after) })).toBe(304);
    expect(await get({ "if-unmodified-since": http(before) })).toBe(412);
    expect(await get({ "if-unmodified-since": http(at) })).toBe(200);
    expect(await get({ "if-unmodified-since": http(after) })).toBe(200);
  });

  it("ignores an If-Modified-Since in the future", async () => {
    expect(await get({ "if-modified-since": http(new Date(target.clock.now() + 3_600_000)) })).toBe(200);
  });

  it("lets the ETag outweigh the date", async () => {
    expect(await get({ "if-match": etag, "if-unmodified-since": http(before) })).toBe(200);
    expect(await get({ "if-none-match": other, "if-modified-since": http(after) })).toBe(200);
    expect(await get({ "if-none-match": etag, "if-modified-since": http(before) })).toBe(304);
  });

  it("names the condition that did not hold", async () => {
    const answer = await send({ path: `/${Bucket}/k`, headers: { "if-match": other } });
    expect([answer.element("Code"), answer.element("Message"), answer.element("Condition")]).toEqual([
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
      "If-Match",
    ]);
  });
});

describe("PutObject", () => {
  const put = (Key: string, conditions: { IfMatch?: string; IfNoneMatch?: string }) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: "new", ...conditions }));

  it("creates with If-None-Match: * only what is not there", async () => {
    await put("created-once", { IfNoneMatch: "*" });
    expect(await failure(put("created-once", { IfNoneMatch: "*" }))).toMatchObject({
      status: 412,
      code: "PreconditionFailed",
    });
  });

  it("lets exactly one of many concurrent creations win", async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => put("raced", { IfNoneMatch: "*" })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("replaces with If-Match only the object that has the ETag", async () => {
    const first = await s3.send(new PutObjectCommand({ Bucket, Key: "compared", Body: "1" }));
    expect(await failure(put("compared", { IfMatch: other }))).toMatchObject({ status: 412 });
    await put("compared", { IfMatch: first.ETag ?? "" });
    expect(await failure(put("compared", { IfMatch: first.ETag ?? "" }))).toMatchObject({ status: 412 });
    for (const inQuotes of [(bare: string) => bare, (bare: string) => `${bare}"`, (bare: string) => `"${bare}`]) {
      const { ETag = "" } = await s3.send(new PutObjectCommand({ Bucket, Key: "compared", Body: "2" }));
      await put("compared", { IfMatch: inQuotes(ETag.replaceAll('"', "")) });
    }
    expect(await failure(put("not-there", { IfMatch: other }))).toMatchObject({ status: 404, code: "NoSuchKey" });
  });

  it("refuses the forms that S3 does not take", async () => {
    for (const conditions of [{ IfNoneMatch: etag }, { IfMatch: "*" }, { IfMatch: etag, IfNoneMatch: "*" }]) {
      expect(await failure(put("k", conditions))).toMatchObject({ status: 501, code: "NotImplemented" });
    }
  });
});

describe("DeleteObject", () => {
  it("deletes with If-Match only the object that has the ETag", async () => {
    const { ETag = "" } = await s3.send(new PutObjectCommand({ Bucket, Key: "deleted", Body: "1" }));
    const remove = (IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: "deleted", IfMatch }));
    expect(await failure(remove(other))).toMatchObject({ status: 412 });
    await remove(ETag);
    expect(await failure(remove(ETag))).toMatchObject({ status: 404 });
  });
});

describe("CompleteMultipartUpload", () => {
  /** Begins an upload. @returns what completes it */
  async function begin(to: { Bucket: string; Key: string }) {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(to));
    const part = { ...to, UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: "x" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    return (conditions: object) =>
      s3.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload, ...conditions }));
  }
  const conflict = {
    status: 409,
    code: "ConditionalRequestConflict",
    message: "The conditional request cannot succeed due to a conflicting operation against this resource.",
  };

  it("holds to If-None-Match and If-Match", async () => {
    const complete = await begin({ Bucket, Key: "k" });
    expect(await failure(complete({ IfNoneMatch: "*" }))).toMatchObject({ status: 412 });
    expect(await failure(complete({ IfMatch: other }))).toMatchObject({ status: 412 });
    await complete({ IfMatch: etag });
  });

  it("conflicts, where it has a condition, with a write since the upload began, also of the same bytes", async () => {
    const to = { Bucket, Key: "written" };
    const put = async (Body: string) => (await s3.send(new PutObjectCommand({ ...to, Body }))).ETag ?? "";
    const old = await put("one");
    const complete = await begin(to);
    const IfMatch = await put("two");
    expect(await failure(complete({ IfMatch: old }))).toMatchObject({ status: 412 });
    expect(await failure(complete({ IfMatch }))).toEqual(conflict);
    expect(await failure(complete({ IfNoneMatch: "*" }))).toMatchObject({ status: 412 });
    const same = await begin(to);
    expect(await failure(same({ IfMatch: await put("two") }))).toEqual(conflict);
    await same({});
    const next = await begin(to);
    await next({ IfMatch: await headEtag(to.Key) });
  });

  it.each(["", "Enabled"] as const)(
    "conflicts with a deletion since the upload began, versioning %j",
    async (Status) => {
      const to = { Bucket: bucketName(`conflicts-${Status.toLowerCase()}of`), Key: "k" };
      await s3.send(new CreateBucketCommand({ Bucket: to.Bucket }));
      if (Status !== "") {
        await s3.send(new PutBucketVersioningCommand({ Bucket: to.Bucket, VersioningConfiguration: { Status } }));
      }
      const { ETag: IfMatch } = await s3.send(new PutObjectCommand({ ...to, Body: "x" }));
      const complete = await begin(to);
      await s3.send(new DeleteObjectCommand(to));
      expect(await failure(complete({ IfMatch }))).toMatchObject({ status: 404, code: "NoSuchKey" });
      expect(await failure(complete({ IfNoneMatch: "*" }))).toEqual(conflict);
      await (
        await begin(to)
      )({ IfNoneMatch: "*" });
    },
  );
});

describe("CopyObject", () => {
  it.each([
    ["x-amz-copy-source-if-match", () => other, "x-amz-copy-source-If-Match"],
    ["x-amz-copy-source-if-none-match", () => sourceEtag, "x-amz-copy-source-If-None-Match"],
    ["x-amz-copy-source-if-modified-since", () => http(at), "x-amz-copy-source-If-Modified-Since"],
    ["x-amz-copy-source-if-unmodified-since", () => http(before), "x-amz-copy-source-If-Unmodified-Since"],
  ])("answers 412 when %s does not hold", async (name, value, condition) => {
    const headers = { "x-amz-copy-source": `${Bucket}/source`, [name]: value() };
    const answer = await send({ method: "PUT", path: `/${Bucket}/copied`, headers });
    expect([answer.status, answer.element("Code"), answer.element("Condition")]).toEqual([
      412,
      "PreconditionFailed",
      condition,
    ]);
  });

  it("holds to the conditions of its destination", async () => {
    const copy = (conditions: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: "destination", CopySource: `${Bucket}/source`, ...conditions }));
    await copy({ CopySourceIfMatch: sourceEtag, IfNoneMatch: "*" });
    expect(await failure(copy({ IfNoneMatch: "*" }))).toMatchObject({ status: 412 });
  });
});
