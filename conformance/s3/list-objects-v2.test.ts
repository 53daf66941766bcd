/** Proves ListObjectsV2 and ListObjects. */
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("listed");
const KEYS = ["a", "a/1", "a/2", "a/b/3", "a!", "b/1", "b/2", "c", "c/", "ä", "日", "😀"];
/** UTF-8 bytes, not UTF-16 units: 😀 comes last. */
const ORDERED = ["a", "a!", "a/1", "a/2", "a/b/3", "b/1", "b/2", "c", "c/", "ä", "日", "😀"];

const { s3, send } = useS3({ bucket: Bucket });

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "listed-0" }));
  await s3.send(new PutObjectCommand({ Bucket: "listed-0", Key: "neighbour", Body: "x" }));
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "12345" }));
});

const keysOf = (answer: { Contents?: { Key?: string }[] | undefined }) => (answer.Contents ?? []).map(({ Key }) => Key);
const prefixesOf = (answer: { CommonPrefixes?: { Prefix?: string }[] | undefined }) =>
  (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);

describe("ListObjectsV2", () => {
  it("answers the keys of the bucket in the order of their UTF-8 bytes", async () => {
    const answer = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(keysOf(answer)).toEqual(ORDERED);
    expect(answer).toMatchObject({ KeyCount: 12, MaxKeys: 1000, IsTruncated: false, Name: Bucket, Prefix: "" });
    expect(answer.Contents?.[0]).toMatchObject({
      Size: 5,
      ETag: '"827ccb0eea8a706c4c34a16891f84e7b"',
      StorageClass: "STANDARD",
      ChecksumAlgorithm: ["CRC64NVME"],
      ChecksumType: "FULL_OBJECT",
    });
    expect(answer.Contents?.[0]?.Owner).toBeUndefined();
    const owned = await s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true, MaxKeys: 1 }));
    expect(owned.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [{ Prefix: "a" }, ["a", "a!", "a/1", "a/2", "a/b/3"], []],
    [{ Prefix: "a/" }, ["a/1", "a/2", "a/b/3"], []],
    [{ Delimiter: "/" }, ["a", "a!", "c", "ä", "日", "😀"], ["a/", "b/", "c/"]],
    [{ Delimiter: "/", Prefix: "a/" }, ["a/1", "a/2"], ["a/b/"]],
    [{ Delimiter: "/b/" }, ["a", "a!", "a/1", "a/2", "b/1", "b/2", "c", "c/", "ä", "日", "😀"], ["a/b/"]],
    [{ StartAfter: "b/1" }, ["b/2", "c", "c/", "ä", "日", "😀"], []],
    [{ StartAfter: "a/1", Delimiter: "/" }, ["c", "ä", "日", "😀"], ["b/", "c/"]],
    [{ Prefix: "zz" }, [], []],
  ])("with %j answers the keys %j and the prefixes %j", async (request, keys, prefixes) => {
    const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...request }));
    expect([keysOf(answer), prefixesOf(answer), answer.KeyCount]).toEqual([
      keys,
      prefixes,
      keys.length + prefixes.length,
    ]);
  });

  it.each([1, 2, 3, 5, 11, 12])("pages by %d to the same keys and prefixes", async (pageSize) => {
    const keys: unknown[] = [];
    const prefixes: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize }, { Bucket, Delimiter: "/" })) {
      expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
      keys.push(...keysOf(page));
      prefixes.push(...prefixesOf(page));
    }
    expect([keys, prefixes]).toEqual([
      ["a", "a!", "c", "ä", "日", "😀"],
      ["a/", "b/", "c/"],
    ]);
  });

  it("goes on after what was there, whatever comes and goes meanwhile", async () => {
    const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
    const ContinuationToken = first.NextContinuationToken ?? "";
    const again = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1, ContinuationToken, StartAfter: "zzz" }));
    expect([keysOf(again), again.ContinuationToken, again.StartAfter]).toEqual([["a/1"], ContinuationToken, undefined]);
  });

  it("answers the same time of an object as HeadObject, in whole seconds", async () => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: "a" }));
    expect(Contents?.[0]?.LastModified).toEqual(LastModified);
    const written = (await send({ path: `/${Bucket}?list-type=2&max-keys=1` })).element("LastModified");
    expect(written).toBe(LastModified?.toISOString());
  });

  it("answers nothing, and not that there is more, for MaxKeys 0", async () => {
    const answer = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
    expect(answer).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 0 });
  });

  it("never gives more than 1,000", async () => {
    expect((await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5000 }))).MaxKeys).toBe(1000);
    expect((await send({ path: `/${Bucket}?list-type=2&max-keys=` })).element("MaxKeys")).toBe("1000");
  });

  it("writes keys for a URL when asked to", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "encoded" }));
    await s3.send(new PutObjectCommand({ Bucket: "encoded", Key: "a b/ü+\u0001*(~)", Body: "x" }));
    const answer = await s3.send(new ListObjectsV2Command({ Bucket: "encoded", Prefix: "a b/", EncodingType: "url" }));
    expect([keysOf(answer), answer.Prefix, answer.EncodingType]).toEqual([
      ["a+b/%C3%BC%2B%01*%28%7E%29"],
      "a+b/",
      "url",
    ]);
  });

  it("refuses what is no token, no number and no encoding", async () => {
    const list = (more: object) => failure(s3.send(new ListObjectsV2Command({ Bucket, ...more })));
    expect(await list({ ContinuationToken: "abc" })).toEqual({
      status: 400,
      code: "InvalidArgument",
      message: "The continuation token provided is incorrect",
    });
    expect(await list({ MaxKeys: -1 })).toMatchObject({
      message: "Argument maxKeys must be an integer between 0 and 2147483647",
    });
    expect(await list({ MaxKeys: 2 ** 31 })).toMatchObject({
      message: "Provided max-keys not an integer or within integer range",
    });
    expect(await list({ EncodingType: "base64" })).toMatchObject({
      message: "Invalid Encoding Method specified in Request",
    });
    expect((await send({ path: `/${Bucket}?list-type=2&max-keys=x` })).status).toBe(400);
    expect(await failure(s3.send(new ListObjectsV2Command({ Bucket: "none-such" })))).toMatchObject({
      code: "NoSuchBucket",
    });
  });
});

describe("ListObjects", () => {
  it("answers the owner, and the next marker only with a delimiter", async () => {
    const plain = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
    expect([keysOf(plain), plain.IsTruncated, plain.NextMarker]).toEqual([["a", "a!"], true, undefined]);
    expect(plain.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    const rolled = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 3, Delimiter: "/" }));
    expect([keysOf(rolled), prefixesOf(rolled), rolled.NextMarker]).toEqual([["a", "a!"], ["a/"], "a/"]);
    const next = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 3, Delimiter: "/", Marker: "a/" }));
    expect([keysOf(next), prefixesOf(next), next.Marker]).toEqual([["c"], ["b/", "c/"], "a/"]);
  });
});

describe("the documents of listings", () => {
  const first = (body: string) => [...body.matchAll(/<(\w+)[ >/]/g)].map(([, name]) => name).slice(0, 3);

  it.each([
    ["/", ["ListAllMyBucketsResult", "Owner", "ID"]],
    [`/${Bucket}`, ["ListBucketResult", "Name", "Prefix"]],
    [`/${Bucket}?list-type=2`, ["ListBucketResult", "Name", "Prefix"]],
    [`/${Bucket}?versions`, ["ListVersionsResult", "Name", "Prefix"]],
  ])("%s begins with whose it is", async (path, names) => {
    const { body, headers } = await send({ path });
    expect(first(body)).toEqual(names);
    expect(headers["x-amz-bucket-region"]).toBe(/type|listed$/.test(path) ? "us-east-1" : undefined);
  });
});
