import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { bucketName } from "../targets/current.ts";
import { bytes, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("customer-keys");
const MIB = 1024 * 1024;

const { s3, send } = useS3({ bucket: Bucket });

/** A key as a client sends it. */
function keyOf(seed: number) {
  const key = bytes(32, seed);
  const SSECustomerKeyMD5 = createHash("md5").update(key).digest("base64");
  return { SSECustomerAlgorithm: "AES256", SSECustomerKey: key.toString("base64"), SSECustomerKeyMD5 };
}

const KEY = keyOf(1);
const OTHER = keyOf(2);
const asSource = ({ SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 }: typeof KEY) => ({
  CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm,
  CopySourceSSECustomerKey: SSECustomerKey,
  CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
});

async function get(Key: string, more: object = KEY): Promise<Buffer> {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

const WITHOUT_KEY = {
  status: 400,
  code: "InvalidRequest",
  message:
    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
};

const WRONG_KEY = {
  status: 403,
  code: "AccessDenied",
  message:
    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
};

describe("an object with a key of the customer's own", () => {
  it.each([10, 70_000])("of %i bytes is read with its key alone", async (size) => {
    const Key = `sized-${size}`;
    const Body = bytes(size);
    const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...KEY, ChecksumAlgorithm: "SHA256" }));
    expect([put.SSECustomerAlgorithm, put.SSECustomerKeyMD5, put.ServerSideEncryption]).toEqual([
      "AES256",
      KEY.SSECustomerKeyMD5,
      undefined,
    ]);
    expect(put.ChecksumSHA256).toBe(createHash("sha256").update(Body).digest("base64"));
    expect(put.ETag).not.toBe(`"${createHash("md5").update(Body).digest("hex")}"`);
    expect((await get(Key)).equals(Body)).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ...KEY }));
    expect([head.ContentLength, head.SSECustomerKeyMD5, head.ETag]).toEqual([size, KEY.SSECustomerKeyMD5, put.ETag]);
    expect(await failure(get(Key, {}))).toEqual(WITHOUT_KEY);
    expect(await failure(get(Key, OTHER))).toEqual(WRONG_KEY);
    const short = {
      ...KEY,
      SSECustomerKey: "c2hvcnQ=",
      SSECustomerKeyMD5: createHash("md5").update("short").digest("base64"),
    };
    expect(await failure(get(Key, short))).toEqual(WRONG_KEY);
    expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key })))).toMatchObject({ status: 400 });
    const attributes = { Bucket, Key, ObjectAttributes: ["ObjectSize" as const] };
    expect(await failure(s3.send(new GetObjectAttributesCommand(attributes)))).toEqual(WITHOUT_KEY);
    expect((await s3.send(new GetObjectAttributesCommand({ ...attributes, ...KEY }))).ObjectSize).toBe(size);
  });

  it.each(["bytes=0-0", "bytes=15-16", "bytes=16-31", "bytes=33-69000", "bytes=65535-65537", "bytes=-17"])(
    "answers the range %s",
    async (Range) => {
      const Body = bytes(70_000, 3);
      await s3.send(new PutObjectCommand({ Bucket, Key: "ranges", Body, ...KEY }));
      const [, from = "", to = ""] = /(\d*)-(\d*)/.exec(Range) ?? [];
      const expected = from === "" ? Body.subarray(-Number(to)) : Body.subarray(Number(from), Number(to) + 1);
      expect((await get("ranges", { ...KEY, Range })).equals(expected)).toBe(true);
    },
  );

  it("is not asked for the key of another", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: "x" }));
    expect(await failure(get("plain"))).toEqual({
      status: 400,
      code: "InvalidRequest",
      message: "The encryption parameters are not applicable to this object.",
    });
  });

  it("is copied with the keys of both", async () => {
    const Body = bytes(80_000, 4);
    await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body, ...KEY }));
    const copy = (Key: string, more: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
    await copy("copy", { ...asSource(KEY), ...OTHER });
    expect((await get("copy", OTHER)).equals(Body)).toBe(true);
    await copy("opened", asSource(KEY));
    expect((await get("opened", {})).equals(Body)).toBe(true);
    expect(await failure(copy("none", OTHER))).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(await failure(copy("none", asSource(OTHER)))).toMatchObject({ status: 403, code: "AccessDenied" });
    // another key is a change that a copy to itself may make
    await copy("source", { ...asSource(KEY), ...OTHER });
    expect((await get("source", OTHER)).equals(Body)).toBe(true);
  });

  it("may come in parts, all with the key of the first request", async () => {
    const to = { Bucket, Key: "parts" };
    const bodies = [bytes(5 * MIB, 5), bytes(5 * MIB, 6), bytes(100, 7)];
    await s3.send(new PutObjectCommand({ Bucket, Key: "part-source", Body: bodies[1], ...OTHER }));
    const { UploadId, SSECustomerKeyMD5 } = await s3.send(new CreateMultipartUploadCommand({ ...to, ...KEY }));
    expect(SSECustomerKeyMD5).toBe(KEY.SSECustomerKeyMD5);
    const put = (PartNumber: number, more: object = KEY) =>
      s3.send(new UploadPartCommand({ ...to, UploadId, PartNumber, Body: bodies[PartNumber - 1], ...more }));
    const mixed = {
      status: 400,
      code: "InvalidRequest",
      message:
        "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate " +
        "encryption parameters.",
    };
    expect(await failure(put(1, {}))).toEqual(mixed);
    const plain = await s3.send(new CreateMultipartUploadCommand({ ...to, Key: "plain-parts" }));
    expect(await failure(put(1, { ...KEY, Key: "plain-parts", UploadId: plain.UploadId }))).toEqual(mixed);
    expect((await failure(put(1, OTHER))).message).toBe(
      "The provided encryption parameters did not match the ones used originally.",
    );
    const first = await put(1);
    const second = await s3.send(
      new UploadPartCopyCommand({
        ...to,
        UploadId,
        PartNumber: 2,
        CopySource: `${Bucket}/part-source`,
        ...KEY,
        ...asSource(OTHER),
      }),
    );
    const third = await put(3);
    const ETags = [first.ETag, second.CopyPartResult?.ETag, third.ETag];
    const MultipartUpload = { Parts: ETags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) };
    await s3.send(new CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload }));
    const whole = Buffer.concat(bodies);
    expect((await get("parts")).equals(whole)).toBe(true);
    const Range = `bytes=${5 * MIB - 3}-${10 * MIB + 50}`;
    expect((await get("parts", { ...KEY, Range })).equals(whole.subarray(5 * MIB - 3, 10 * MIB + 51))).toBe(true);
    expect((await get("parts", { ...KEY, PartNumber: 3 })).equals(bodies[2] as Buffer)).toBe(true);
    expect(await failure(get("parts", {}))).toEqual(WITHOUT_KEY);
  });

  const names = {
    SSECustomerAlgorithm: "x-amz-server-side-encryption-customer-algorithm",
    SSECustomerKey: "x-amz-server-side-encryption-customer-key",
    SSECustomerKeyMD5: "x-amz-server-side-encryption-customer-key-md5",
  };
  const REQUESTS = "Requests specifying Server Side Encryption with Customer provided keys must provide";

  it.each([
    [{ SSECustomerAlgorithm: undefined }, "InvalidArgument", `${REQUESTS} a valid encryption algorithm.`],
    [{ SSECustomerKey: undefined }, "InvalidArgument", `${REQUESTS} an appropriate secret key.`],
    [{ SSECustomerKeyMD5: undefined }, "InvalidArgument", `${REQUESTS} the client calculated MD5 of the secret key.`],
    [
      { SSECustomerAlgorithm: "AES128" },
      "InvalidEncryptionAlgorithmError",
      "The Encryption request you specified is not valid. Supported value: AES256.",
    ],
    [{ SSECustomerKey: "c2hvcnQ=" }, "InvalidArgument", "The secret key was invalid for the specified algorithm."],
    [
      { SSECustomerKeyMD5: OTHER.SSECustomerKeyMD5 },
      "InvalidArgument",
      "The calculated MD5 hash of the key did not match the hash that was provided.",
    ],
  ])("is refused with %j", async (change, code, message) => {
    const given: Record<string, string | undefined> = { ...KEY, ...change };
    const headers = Object.fromEntries(
      Object.entries(names).flatMap(([member, header]) =>
        given[member] === undefined ? [] : [[header, given[member]]],
      ),
    );
    const answer = await send({
      method: "PUT",
      path: `/${Bucket}/refused`,
      headers: { "content-length": 1, ...headers },
      body: "x",
    });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([400, code, message]);
    expect(answer.element("ArgumentName")).toBe("x-amz-server-side-encryption");
  });

  it("is not encrypted by another's as well", async () => {
    const put = new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...KEY, ServerSideEncryption: "AES256" });
    expect(await failure(s3.send(put))).toEqual({
      status: 400,
      code: "InvalidArgument",
      message: "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
    });
  });
});

describe("the data directory", () => {
  const directory = useDataDirectory();
  const SECRET = "the secret that is nowhere to be read ";

  it("has nothing of such an object in the clear, nor of its key", async () => {
    const large = SECRET.repeat(3_000);
    await inSession(
      { dataDirectory: directory() },
      (config) => new S3Client({ ...config, forcePathStyle: true }),
      async (client) => {
        await client.send(new CreateBucketCommand({ Bucket }));
        await client.send(new PutObjectCommand({ Bucket, Key: "small", Body: SECRET, ...KEY }));
        await client.send(new PutObjectCommand({ Bucket, Key: "large", Body: large, ...KEY }));
      },
    );
    const files = readdirSync(directory(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const all = Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
    expect(all.length).toBeGreaterThan(large.length);
    expect(all.includes(SECRET)).toBe(false);
    expect(all.includes(Buffer.from(KEY.SSECustomerKey, "base64"))).toBe(false);
    expect(all.includes(KEY.SSECustomerKey)).toBe(false);
  });
});
