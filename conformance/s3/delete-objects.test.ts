import { createHash } from "node:crypto";
import { DeleteObjectsCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("delete-objects");

const { s3, send } = useS3({ bucket: Bucket });

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
      ["many/2", "NoSuchVersion"],
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
    const none = await send(request);
    expect([none.status, none.element("Message")]).toEqual([
      400,
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    ]);
    const wrong = await send({
      ...request,
      headers: { "content-md5": createHash("md5").update("other").digest("base64") },
    });
    expect([wrong.status, wrong.element("Code")]).toEqual([400, "BadDigest"]);
    await s3.send(new HeadObjectCommand({ Bucket, Key: "kept" }));
  });
});
