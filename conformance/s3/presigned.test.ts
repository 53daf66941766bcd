import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { useS3 } from "./fixture.ts";

const Bucket = "presigned";

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });

beforeAll(async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body" }));
});

const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");

function query(more: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "test/20260101/us-east-1/s3/aws4_request",
    "X-Amz-Date": stamp(target.clock.now()),
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0",
    ...more,
  }).toString();
}

const get = (search: string) => send({ path: `/${Bucket}/k?${search}`, unsigned: true });

describe("presigned URLs", () => {
  it("read until they expire", async () => {
    const search = query({ "x-id": "GetObject" });
    expect((await get(search)).body).toBe("body");
    await target.clock.advance(59_000);
    expect((await get(search)).status).toBe(200);
    await target.clock.advance(2_000);
    const expired = await get(search);
    expect([
      expired.status,
      expired.element("Code"),
      expired.element("Message"),
      expired.element("X-Amz-Expires"),
    ]).toEqual([403, "AccessDenied", "Request has expired", "60"]);
  });

  it("write, with the headers that they carry in their query", async () => {
    const search = query({ "x-amz-meta-from": "url", "x-amz-tagging": "a=1" });
    const headers = { "content-length": "3" };
    expect(
      await send({ method: "PUT", path: `/${Bucket}/put?${search}`, headers, body: "new", unsigned: true }),
    ).toMatchObject({ status: 200 });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "put" }))).toMatchObject({
      Metadata: { from: "url" },
      TagCount: 1,
      ContentLength: 3,
    });
  });

  it("override the headers of the answer", async () => {
    const answer = await get(query({ "response-content-disposition": "attachment; filename=x" }));
    expect(answer.headers["content-disposition"]).toBe("attachment; filename=x");
  });

  it.each([
    [{ "X-Amz-Expires": "604801" }, "X-Amz-Expires must be less than a week (in seconds) that is 604800"],
    [{ "X-Amz-Expires": "-1" }, "X-Amz-Expires must be non-negative"],
    [{ "X-Amz-Expires": "x" }, "X-Amz-Expires should be a number"],
  ])("are refused with %j", async (more, message) => {
    const answer = await get(query(more));
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "AuthorizationQueryParametersError",
      message,
    ]);
  });

  it("of signature version 2 work as well", async () => {
    const seconds = Math.floor(target.clock.now() / 1000);
    const v2 = (Expires: number) =>
      get(new URLSearchParams({ AWSAccessKeyId: "test", Signature: "0", Expires: `${Expires}` }).toString());
    expect((await v2(seconds + 60)).body).toBe("body");
    const answer = await v2(seconds - 1);
    expect([answer.status, answer.element("Message")]).toEqual([403, "Request has expired"]);
  });

  it("are needed: who signs nothing is denied", async () => {
    const answer = await send({ path: `/${Bucket}/k`, unsigned: true });
    expect([answer.status, answer.element("Code")]).toEqual([403, "AccessDenied"]);
  });
});
