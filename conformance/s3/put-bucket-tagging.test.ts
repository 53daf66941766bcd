/** Proves PutBucketTagging, GetBucketTagging, DeleteBucketTagging, PutObjectTagging, GetObjectTagging and DeleteObjectTagging. */
import {
  DeleteBucketTaggingCommand,
  DeleteObjectTaggingCommand,
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("settings");

const { s3, send } = useS3({ bucket: Bucket });

describe("tags of a bucket", () => {
  const put = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));

  it("are put as a whole, read and deleted", async () => {
    expect(await failure(s3.send(new GetBucketTaggingCommand({ Bucket })))).toEqual({
      status: 404,
      code: "NoSuchTagSet",
      message: "The TagSet does not exist",
    });
    const TagSet = [
      { Key: "a b", Value: "ü" },
      { Key: "c", Value: "" },
    ];
    await put([{ Key: "old", Value: "1" }]);
    await put(TagSet);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketTaggingCommand({ Bucket })))).toMatchObject({ code: "NoSuchTagSet" });
  });

  it("are none in a document without a set", async () => {
    await put([{ Key: "old", Value: "1" }]);
    expect((await send({ method: "PUT", path: `/${Bucket}?tagging`, body: "<Tagging/>" })).status).toBe(204);
    expect((await send({ path: `/${Bucket}?tagging` })).element("Code")).toBe("NoSuchTagSet");
  });

  it("have keys once, not of AWS, of allowed characters", async () => {
    const twice = [
      { Key: "a", Value: "1" },
      { Key: "a", Value: "2" },
    ];
    expect(await failure(put(twice))).toMatchObject({
      code: "InvalidTag",
      message: "Cannot provide multiple Tags with the same key",
    });
    expect(await failure(put([{ Key: "aws:a", Value: "1" }]))).toMatchObject({
      code: "InvalidTag",
      message: "System tags cannot be added/updated by requester",
    });
    expect(await failure(put([{ Key: "a,b", Value: "1" }]))).toMatchObject({
      message: "The TagKey you have provided is invalid",
    });
    expect(await failure(put([{ Key: "a", Value: "x".repeat(257) }]))).toMatchObject({
      message: "The TagValue you have provided is invalid",
    });
  });
});

describe("tags of an object", () => {
  const at = { Bucket, Key: "tagged" };

  it("are put, read, deleted, and leave the object as it is", async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ ...at, Body: "x", Tagging: "a=1&b=two%20words" }));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "two words" },
    ]);
    await s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: "c", Value: "3" }] } }));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([{ Key: "c", Value: "3" }]);
    await s3.send(new DeleteObjectTaggingCommand(at));
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([]);
    expect((await send({ method: "HEAD", path: `/${Bucket}/tagged` })).headers.etag).toBe(ETag);
  });

  it("are ten at most, and need an object", async () => {
    const TagSet = Array.from({ length: 11 }, (_tag, index) => ({ Key: `k${index}`, Value: "v" }));
    expect(await failure(s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } })))).toMatchObject({
      code: "BadRequest",
      message: "Object tags cannot be greater than 10",
    });
    const none = new PutObjectTaggingCommand({ Bucket, Key: "none", Tagging: { TagSet: [] } });
    expect(await failure(s3.send(none))).toMatchObject({ status: 404, code: "NoSuchKey" });
    // S3 names the object with its bucket where tags are read, and only there
    const nowhere = `/${Bucket}/none?tagging`;
    expect((await send({ path: nowhere })).element("Key")).toBe(`${Bucket}/none`);
    expect((await send({ method: "DELETE", path: nowhere })).element("Key")).toBe("none");
  });

  it.each(["a=1&a=2", "a=1,b=2"])("are refused in the header as %s", async (tagging) => {
    const headers = { "x-amz-tagging": tagging };
    const answer = await send({ method: "PUT", path: `/${Bucket}/tagged`, headers });
    const fields = ["Code", "Message", "ArgumentName", "ArgumentValue"].map((name) => answer.element(name));
    expect([answer.status, ...fields]).toEqual([
      400,
      "InvalidArgument",
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      tagging,
    ]);
  });
});
