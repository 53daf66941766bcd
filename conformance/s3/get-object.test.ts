import type { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { bytes, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("get-objects");
const LARGE = 300_000;

const { s3, send } = useS3({ bucket: Bucket });

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
      const answer = await send({ path: `/${Bucket}/${key}`, headers: { range } });
      expect([
        answer.status,
        answer.element("Code"),
        answer.element("RangeRequested"),
        answer.element("ActualObjectSize"),
      ]).toEqual([416, "InvalidRange", range, key === "small" ? "10" : "0"]);
    });

    it("hold for the object that If-Range names; of another one all is answered", async () => {
      const read = async (range: string) =>
        (await send({ path: `/${Bucket}/small`, headers: { range: "bytes=2-4", "if-range": range } })).body;
      const { ETag = "", LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: "small" }));
      expect(await read(ETag)).toBe("234");
      expect(await read(LastModified?.toUTCString() ?? "")).toBe("234");
      expect(await read('"another"')).toBe(small);
      expect(await read(new Date(0).toUTCString())).toBe(small);
    });

    it.each([0, 10_001])("there is no part %d", async (part) => {
      const answer = await send({ path: `/${Bucket}/small?partNumber=${part}` });
      expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
        400,
        "InvalidArgument",
        "Part number must be an integer between 1 and 10000, inclusive",
      ]);
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

  it("keeps and answers any text as Expires", async () => {
    const path = `/${Bucket}/any-expires`;
    for (const expires of ["0", "5d", "Fri, 1 Sep 2023 01:01:01 GMT", "2018-01-09T10:57:09.773Z"]) {
      await send({ method: "PUT", path, headers: { "content-length": 1, expires }, body: "x" });
      expect((await send({ method: "HEAD", path })).headers["expires"]).toBe(expires);
      await s3.send(new CopyObjectCommand({ Bucket, Key: "copied-expires", CopySource: `${Bucket}/any-expires` }));
      expect((await send({ path: `/${Bucket}/copied-expires` })).headers["expires"]).toBe(expires);
      const asked = await send({ path: `/${Bucket}/small?response-expires=${encodeURIComponent(expires)}` });
      expect([asked.status, asked.headers["expires"]]).toEqual([200, expires]);
    }
    expect((await send({ path: `/${Bucket}/small?response-expires=a%0Ab` })).element("Code")).toBe("InvalidArgument");
  });

  it.each(["if-modified-since", "if-unmodified-since"])("does not heed %s with what is no date", async (name) => {
    expect(await send({ path: `/${Bucket}/small`, headers: { [name]: "yesterday" } })).toMatchObject({ status: 200 });
  });

  it("names the key that is not there", async () => {
    const answer = await send({ path: `/${Bucket}/a%2Fnot%20there` });
    expect([answer.status, answer.element("Code"), answer.element("Message"), answer.element("Key")]).toEqual([
      404,
      "NoSuchKey",
      "The specified key does not exist.",
      "a/not there",
    ]);
  });

  it("gives clients that read slowly their own bytes, whatever others read and write meanwhile", async () => {
    const objects = [1, 2, 3].map((seed) => bytes(5_000_000 + seed, seed));
    const keyOf = (index: number) => `slow-${index}`;
    const putAll = () =>
      Promise.all(objects.map((Body, index) => s3.send(new PutObjectCommand({ Bucket, Key: keyOf(index), Body }))));
    await putAll();
    // what comes first is with the sockets; the rest waits in the server until it is read
    const slow = await Promise.all(
      objects.map(async (_object, index) => (await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(index) }))).Body),
    );
    const { Body: gone } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(0) }));
    (gone as Readable).destroy();
    await putAll();
    for (const [index, answered] of slow.toReversed().entries()) {
      const read = Buffer.from((await answered?.transformToByteArray()) ?? []);
      expect(read.equals(objects[objects.length - 1 - index] as Buffer)).toBe(true);
    }
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
