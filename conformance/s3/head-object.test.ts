/** Proves HeadObject and GetObjectAttributes. */
import { createHash } from "node:crypto";
import { GetObjectAttributesCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { useS3 } from "./fixture.ts";

const Bucket = bucketName("get-objects");

const { s3, send } = useS3({ bucket: Bucket });

const md5 = (body: Uint8Array) => createHash("md5").update(body).digest("hex");

describe("HeadObject", () => {
  it("answers the length and no body", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "headed", Body: "12345" }));
    const answer = await send({ method: "HEAD", path: `/${Bucket}/headed` });
    expect([answer.status, answer.headers["content-length"], answer.body]).toEqual([200, "5", ""]);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "headed" }))).ContentLength).toBe(5);
    const range = await send({ method: "HEAD", path: `/${Bucket}/headed`, headers: { range: "bytes=1-2" } });
    expect([range.status, range.headers["content-length"], range.headers["content-range"]]).toEqual([
      206,
      "2",
      "bytes 1-2/5",
    ]);
  });

  it("answers errors without a body", async () => {
    expect(await send({ method: "HEAD", path: `/${Bucket}/none` })).toMatchObject({ status: 404, body: "" });
    const range = { range: "bytes=9-" };
    expect(await send({ method: "HEAD", path: `/${Bucket}/headed`, headers: range })).toMatchObject({
      status: 416,
      body: "",
    });
  });
});

describe("GetObjectAttributes", () => {
  it("wants to be told which", async () => {
    const answer = await send({ path: `/${Bucket}/any?attributes` });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "InvalidRequest",
      "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    ]);
  });

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
