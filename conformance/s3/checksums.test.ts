import { createHash } from "node:crypto";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type ChecksumAlgorithm,
} from "@aws-sdk/client-s3";
import { xxhash128, xxhash3, xxhash64 } from "hash-wasm";
import { authorization } from "../raw-request.ts";
import { bucketName } from "../targets/current.ts";
import { bytes, useS3, type RawAnswer } from "./fixture.ts";

const Bucket = bucketName("checksums");
const BODY = "123456789";

const { s3, send, target } = useS3({ bucket: Bucket });

const crc32Of = async (body: Buffer): Promise<string> => crc32(body).toString(16).padStart(8, "0");

const put = (key: string, headers: Record<string, string>, body = BODY): Promise<RawAnswer> =>
  send({
    method: "PUT",
    path: `/${Bucket}/${key}`,
    headers: { "content-length": String(body.length), ...headers },
    body,
  });

const isThere = async (key: string) => (await send({ method: "HEAD", path: `/${Bucket}/${key}` })).status === 200;

/** The published check values of the CRCs, and what the digests of `123456789` are. */
const KNOWN: readonly (readonly [string, string])[] = [
  ["crc32", Buffer.from("cbf43926", "hex").toString("base64")],
  ["crc32c", Buffer.from("e3069283", "hex").toString("base64")],
  ["crc64nvme", Buffer.from("ae8b14860a799888", "hex").toString("base64")],
  ["sha1", createHash("sha1").update(BODY).digest("base64")],
  ["sha256", createHash("sha256").update(BODY).digest("base64")],
  ["sha512", createHash("sha512").update(BODY).digest("base64")],
  ["md5", createHash("md5").update(BODY).digest("base64")],
  ["xxhash64", Buffer.from("8cb841db40e6ae83", "hex").toString("base64")],
  ["xxhash3", Buffer.from("72dcb18b67a17dff", "hex").toString("base64")],
  ["xxhash128", Buffer.from("33119477ede5dcd5e9716427681d5860", "hex").toString("base64")],
];

describe("PutObject", () => {
  describe("checksums in headers", () => {
    it.each(KNOWN)("takes %s and answers it", async (algorithm, value) => {
      const answer = await put(`known-${algorithm}`, { [`x-amz-checksum-${algorithm}`]: value });
      expect([
        answer.status,
        answer.headers[`x-amz-checksum-${algorithm}`],
        answer.headers["x-amz-checksum-type"],
      ]).toEqual([200, value, "FULL_OBJECT"]);
      const head = await send({
        method: "HEAD",
        path: `/${Bucket}/known-${algorithm}`,
        headers: { "x-amz-checksum-mode": "ENABLED" },
      });
      expect(head.headers[`x-amz-checksum-${algorithm}`]).toBe(value);
      const silent = await send({ method: "HEAD", path: `/${Bucket}/known-${algorithm}` });
      expect(silent.headers[`x-amz-checksum-${algorithm}`]).toBeUndefined();
    });

    it.each(KNOWN)("answers BadDigest for a %s of other bytes, and keeps what was there", async (algorithm, value) => {
      await put("stays", {}, "first");
      const answer = await put("stays", { [`x-amz-checksum-${algorithm}`]: value }, "other    ");
      expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
        400,
        "BadDigest",
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      ]);
      expect((await send({ path: `/${Bucket}/stays` })).body).toBe("first");
    });

    it("refuses what is no checksum, two of them, and an algorithm without one", async () => {
      const messages = async (headers: Record<string, string>) => {
        const answer = await put("malformed", headers);
        return [answer.status, answer.element("Code"), answer.element("Message")];
      };
      expect(await messages({ "x-amz-checksum-crc32": "abc" })).toEqual([
        400,
        "InvalidRequest",
        "Value for x-amz-checksum-crc32 header is invalid.",
      ]);
      expect(
        await messages({ "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-sha1": KNOWN[3]?.[1] ?? "" }),
      ).toEqual([
        400,
        "InvalidRequest",
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
      ]);
      expect(await messages({ "x-amz-sdk-checksum-algorithm": "CRC32" })).toEqual([
        400,
        "InvalidRequest",
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      ]);
      expect(await isThere("malformed")).toBe(false);
    });

    it("computes CRC64NVME when the client gives none", async () => {
      const answer = await put("by-default", {});
      expect(answer.headers["x-amz-checksum-crc64nvme"]).toBe(KNOWN[2]?.[1]);
    });
  });

  describe("Content-MD5", () => {
    it("takes the right one, refuses another and what is none", async () => {
      const right = createHash("md5").update(BODY).digest("base64");
      expect((await put("md5", { "content-md5": right })).status).toBe(200);
      const wrong = createHash("md5").update("other").digest("base64");
      const bad = await put("md5-bad", { "content-md5": wrong });
      expect([bad.status, bad.element("Code"), bad.element("ExpectedDigest"), bad.element("CalculatedDigest")]).toEqual(
        [400, "BadDigest", wrong, right],
      );
      const none = await put("md5-bad", { "content-md5": "abc" });
      expect([none.status, none.element("Code"), none.element("Content-MD5")]).toEqual([400, "InvalidDigest", "abc"]);
      expect(await isThere("md5-bad")).toBe(false);
    });
  });

  describe("x-amz-content-sha256", () => {
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

    it("takes the body's and refuses another", async () => {
      expect((await put("signed", { "x-amz-content-sha256": sha256(BODY) })).status).toBe(200);
      expect((await put("signed", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).status).toBe(200);
      const answer = await put("mis-signed", { "x-amz-content-sha256": sha256("other") });
      expect([
        answer.status,
        answer.element("Code"),
        answer.element("ClientComputedContentSHA256"),
        answer.element("S3ComputedContentSHA256"),
      ]).toEqual([400, "XAmzContentSHA256Mismatch", sha256("other"), sha256(BODY)]);
      expect(await isThere("mis-signed")).toBe(false);
    });

    it("refuses what is neither a hash nor one of the words", async () => {
      const answer = await put("mis-signed", { "x-amz-content-sha256": "abc" });
      expect([answer.status, answer.element("Code"), answer.element("ArgumentName")]).toEqual([
        400,
        "InvalidArgument",
        "x-amz-content-sha256",
      ]);
    });
  });

  describe("aws-chunked bodies", () => {
    const base64 = Buffer.from("cbf43926", "hex").toString("base64");
    const chunked = (key: string, body: string, headers: Record<string, string> = {}) =>
      send({
        method: "PUT",
        path: `/${Bucket}/${key}`,
        headers: {
          "content-encoding": "aws-chunked",
          "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
          "x-amz-decoded-content-length": "9",
          "x-amz-trailer": "x-amz-checksum-crc32",
          "content-length": String(body.length),
          ...headers,
        },
        body,
      });

    it("takes the framing off and checks the trailer", async () => {
      const answer = await chunked("chunked", `9\r\n${BODY}\r\n0\r\nx-amz-checksum-crc32:${base64}\r\n\r\n`);
      expect([answer.status, answer.headers["x-amz-checksum-crc32"]]).toEqual([200, base64]);
      const got = await send({ path: `/${Bucket}/chunked` });
      expect([got.body, got.headers["content-encoding"]]).toEqual([BODY, undefined]);
    });

    it("takes chunks with signatures, and keeps the content's own encoding", async () => {
      const signature = "0".repeat(64);
      const body = `9;chunk-signature=${signature}\r\n${BODY}\r\n0;chunk-signature=${signature}\r\n\r\n`;
      const headers = {
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-trailer": "",
        "content-encoding": "aws-chunked,gzip",
      };
      expect((await chunked("signed-chunks", body, headers)).status).toBe(200);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "signed-chunks" }));
      expect([head.ContentLength, head.ContentEncoding]).toEqual([9, "gzip"]);
    });

    it("refuses chunks below 8 KiB, but for the last", async () => {
      const answer = await chunked("small", `4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:${base64}\r\n\r\n`);
      expect([answer.status, answer.element("Code"), answer.element("Chunk"), answer.element("BadChunkSize")]).toEqual([
        403,
        "InvalidChunkSizeError",
        "1",
        "4",
      ]);
    });

    it.each([
      ["a wrong checksum", `9\r\n${BODY}\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`, "BadDigest"],
      ["no trailer", `9\r\n${BODY}\r\n0\r\n\r\n`, "MalformedTrailerError"],
      ["a trailer that is no checksum", `9\r\n${BODY}\r\n0\r\nx-amz-checksum-crc32:xx\r\n\r\n`, "InvalidRequest"],
      ["too few bytes", `4\r\n1234\r\n0\r\nx-amz-checksum-crc32:${base64}\r\n\r\n`, "IncompleteBody"],
      ["broken framing", `zz\r\n${BODY}\r\n0\r\n\r\n`, "IncompleteBody"],
    ])("refuses %s", async (_what, body, code) => {
      const answer = await chunked("broken", body);
      expect([answer.status, answer.element("Code")]).toEqual([400, code]);
      expect(await isThere("broken")).toBe(false);
    });
  });

  it("leaves nothing of an upload that breaks off", async () => {
    await put("broken-off", {}, "before");
    const { hostname, port } = new URL(target.endpoint);
    const head = `PUT /${Bucket}/broken-off HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${authorization("s3")}\r\nContent-Length: 1000000\r\n\r\n`;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        socket.write(bytes(500_000), () => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    expect((await send({ path: `/${Bucket}/broken-off` })).body).toBe("before");
  });
});

const BODIES: Readonly<Record<string, string>> = {
  tagging: "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
  publicAccessBlock: "<PublicAccessBlockConfiguration/>",
  encryption: "<ServerSideEncryptionConfiguration><Rule/></ServerSideEncryptionConfiguration>",
  ownershipControls:
    "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
};

describe("documents", () => {
  const document = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

  it.each([
    ["xxhash64", xxhash64],
    ["xxhash3", xxhash3],
    ["xxhash128", xxhash128],
    ["crc32", crc32Of],
  ] as const)("have checksums that are checked with %s", async (algorithm, hash) => {
    await put("tagged", {});
    const tag = async (of: string) => {
      const value = Buffer.from(await hash(Buffer.from(of)), "hex").toString("base64");
      const headers = { [`x-amz-checksum-${algorithm}`]: value, "content-length": String(document.length) };
      return send({ method: "PUT", path: `/${Bucket}/tagged?tagging`, headers, body: document });
    };
    expect((await tag(document)).status).toBe(200);
    expect((await tag("another")).element("Code")).toBe("BadDigest");
  });

  it.each(["tagging", "policy", "publicAccessBlock", "encryption", "ownershipControls"])(
    "of other bytes than their digest says are refused for %s",
    async (what) => {
      const headers = { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" };
      const answer = await send({
        method: "PUT",
        path: `/${Bucket}?${what}`,
        headers,
        body: BODIES[what] ?? "{}",
      });
      expect([answer.status, answer.element("Code")]).toEqual([400, "BadDigest"]);
    },
  );

  it.each(["publicAccessBlock", "tagging", "encryption"])("of another kind are no %s", async (what) => {
    const headers = { "content-type": "application/xml" };
    const answer = await send({
      method: "PUT",
      path: `/${Bucket}?${what}`,
      headers,
      body: "<Delete><Quiet>true</Quiet></Delete>",
    });
    expect([answer.status, answer.element("Code")]).toEqual([400, "MalformedXML"]);
  });
});

describe("the SDK's own checksums", () => {
  const large = bytes(3_000_000);

  it.each(["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"] satisfies ChecksumAlgorithm[])(
    "go up and down with %s, of bytes and of a stream",
    async (ChecksumAlgorithm) => {
      await using client = {
        s3: new S3Client({ ...target.clientConfig(), forcePathStyle: true }),
        [Symbol.asyncDispose]: async () => {},
      };
      const Key = `sdk-${ChecksumAlgorithm}`;
      for (const Body of [large, Readable.from([large.subarray(0, 1_000_000), large.subarray(1_000_000)])]) {
        await client.s3.send(
          new PutObjectCommand({ Bucket, Key, Body, ContentLength: large.length, ChecksumAlgorithm }),
        );
        const answer = await client.s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
        expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(large)).toBe(true);
        expect(answer.ChecksumType).toBe("FULL_OBJECT");
      }
      client.s3.destroy();
    },
  );

  it("come as CRC32 by default, and not with a range", async () => {
    const client = new S3Client({ ...target.clientConfig(), forcePathStyle: true });
    await client.send(new PutObjectCommand({ Bucket, Key: "sdk-default", Body: large }));
    const whole = await client.send(new GetObjectCommand({ Bucket, Key: "sdk-default" }));
    await whole.Body?.transformToByteArray();
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(crc32(large));
    expect(whole.ChecksumCRC32).toBe(expected.toString("base64"));
    const range = await client.send(new GetObjectCommand({ Bucket, Key: "sdk-default", Range: "bytes=0-9" }));
    await range.Body?.transformToByteArray();
    expect(range.ChecksumCRC32).toBeUndefined();
    client.destroy();
  });
});
