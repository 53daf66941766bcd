import {
  DeleteBucketPolicyCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { useS3 } from "./fixture.ts";
import { presignedPath, presignedPathV2, type Signing } from "./signing.ts";

const Bucket = bucketName("presigned");

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });

beforeAll(async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body" }));
});

const trusting = useS3({ bucket: Bucket, manualClock: true, auth: "off" });

const host = () => new URL(target.endpoint).host;

const presigned = (more: Readonly<Record<string, string>> = {}, signing: Partial<Signing> = {}) =>
  presignedPath({ path: `/${Bucket}/k`, headers: { host: host() }, atMs: target.clock.now(), ...signing }, more);

const get = (path: string) => send({ path, unsigned: true });
const put = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  send({ method: "PUT", path, headers: { "content-length": "3", ...headers }, body: "new", unsigned: true });

describe("presigned URLs", () => {
  it("read until they expire", async () => {
    const path = presigned({ "x-id": "GetObject" });
    expect((await get(path)).body).toBe("body");
    await target.clock.advance(59_000);
    expect((await get(path)).status).toBe(200);
    await target.clock.advance(2_000);
    const expired = await get(path);
    expect([
      expired.status,
      expired.element("Code"),
      expired.element("Message"),
      expired.element("X-Amz-Expires"),
    ]).toEqual([403, "AccessDenied", "Request has expired", "60"]);
  });

  it("are not good before their time", async () => {
    const path = presigned({}, { atMs: target.clock.now() + 16 * 60_000 });
    const early = await get(path);
    expect([early.status, early.element("Code"), early.element("Message")]).toEqual([
      403,
      "AccessDenied",
      "Request is not yet valid",
    ]);
    // the clock of whoever makes a URL may be ahead a little
    expect((await get(presigned({}, { atMs: target.clock.now() + 14 * 60_000 }))).status).toBe(200);
  });

  it("write, with the headers that they carry in their query", async () => {
    const more = { "x-amz-meta-from": "url", "x-amz-tagging": "a=1" };
    expect(await put(presigned(more, { method: "PUT", path: `/${Bucket}/put` }))).toMatchObject({ status: 200 });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "put" }))).toMatchObject({
      Metadata: { from: "url" },
      TagCount: 1,
      ContentLength: 3,
    });
  });

  it("carry conditions, too, and no checksums", async () => {
    const once = presigned({ "If-None-Match": "*" }, { method: "PUT", path: `/${Bucket}/once` });
    expect([(await put(once)).status, (await put(once)).status]).toEqual([200, 412]);
    const other = presigned({ "If-Match": '"0"' }, { method: "PUT", path: `/${Bucket}/once` });
    expect((await put(other)).status).toBe(412);
    const more = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32" };
    expect((await put(presigned(more, { method: "PUT", path: `/${Bucket}/summed` }))).status).toBe(200);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "summed", ChecksumMode: "ENABLED" }));
    expect([head.ChecksumCRC32, head.ChecksumCRC64NVME]).toEqual([undefined, expect.any(String)]);
  });

  it("do not name the hash of a body, which may come as a header", async () => {
    const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    expect((await put(presigned({}, { method: "PUT", path: `/${Bucket}/hashed` }), headers)).status).toBe(200);
  });

  it("are refused with a credential that is encoded twice", async () => {
    const path = presigned();
    const twice = path.replace(/(X-Amz-Credential=)([^&]*)/, (_whole, name: string, value: string) =>
      name.concat(value.replaceAll("%2F", "%252F")),
    );
    const answer = await get(twice);
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "AuthorizationQueryParametersError",
      "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting " +
        '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    ]);
  });

  it("override the headers of the answer", async () => {
    const answer = await get(
      presigned({ "response-content-disposition": "attachment; filename=x", "response-content-type": "text/x" }),
    );
    expect([answer.headers["content-disposition"], answer.headers["content-type"]]).toEqual([
      "attachment; filename=x",
      "text/x",
    ]);
  });

  it.each(['attachment; filename="1976–2016.pdf"', "attachment\nx-more: 1"])(
    "do not override them by what no header can carry, such as %j",
    async (disposition) => {
      const answer = await get(presigned({ "response-content-disposition": disposition }));
      expect([
        answer.status,
        answer.element("Code"),
        answer.element("Message"),
        answer.element("ArgumentName"),
      ]).toEqual([
        400,
        "InvalidArgument",
        "Header value cannot be represented using ISO-8859-1.",
        "response-content-disposition",
      ]);
    },
  );

  it.each(["a b+c", "ä/ö ü", "(1)*!'", "per%cent", "a//b/../c"])("name keys such as %s", async (key) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
    const encoded = key
      .split("/")
      .map((part) =>
        encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
      );
    const path = `/${Bucket}/${encoded.join("/")}`;
    expect((await get(presigned({}, { path }))).body).toBe(key);
  });

  it("are good in virtual-host style", async () => {
    embeddedOnly("is about the host names of Headwater's emulator");
    const { port } = new URL(target.endpoint);
    const at = { path: "/k", headers: { host: `${Bucket}.s3.localhost:${port}` } };
    expect((await send({ path: presigned({}, at), headers: at.headers, unsigned: true })).body).toBe("body");
  });

  it.each([
    [{ "X-Amz-Expires": "604801" }, "X-Amz-Expires must be less than a week (in seconds) that is 604800"],
    [{ "X-Amz-Expires": "-1" }, "X-Amz-Expires must be non-negative"],
    [{ "X-Amz-Expires": "x" }, "X-Amz-Expires should be a number"],
    [{ "X-Amz-Algorithm": "AWS4-X" }, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'],
  ])("are refused with %j", async (more, message) => {
    const answer = await get(presigned(more));
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "AuthorizationQueryParametersError",
      message,
    ]);
  });

  it("override them for those who sign only", async () => {
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
    const Statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    expect((await get(`/${Bucket}/k`)).status).toBe(200);
    const answer = await get(`/${Bucket}/k?response-content-type=text%2Fx`);
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "InvalidRequest",
      "Request specific response headers cannot be used for anonymous GET requests.",
    ]);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  it("are needed: who signs nothing is denied", async () => {
    const answer = await send({ path: `/${Bucket}/k`, unsigned: true });
    expect([answer.status, answer.element("Code")]).toEqual([403, "AccessDenied"]);
  });
});

describe("the signature of a presigned URL", () => {
  it("is refused with what was signed here when it is another's", async () => {
    const path = presigned({}, { secret: "other" });
    const answer = await get(path);
    const signature = /X-Amz-Signature=(\w+)/.exec(path)?.[1];
    expect(answer.status).toBe(403);
    expect(answer.element("Code")).toBe("SignatureDoesNotMatch");
    expect(answer.element("Message")).toBe(
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    );
    expect(answer.element("AWSAccessKeyId")).toBe("test");
    expect(answer.element("SignatureProvided")).toBe(signature);
    expect(answer.element("StringToSign")).toMatch(
      /^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/us-east-1\/s3\/aws4_request\n/,
    );
    expect(answer.element("CanonicalRequest")).toMatch(/^GET\n\/presigned\/k\nX-Amz-Algorithm=AWS4-HMAC-SHA256&/);
    expect(answer.element("StringToSignBytes")).toMatch(/^41 57 53 34 /);
    expect(answer.element("CanonicalRequestBytes")).toMatch(/^47 45 54 0a /);
  });

  it.each([
    ["another key", (path: string) => path.replace("/k?", "/l?")],
    ["another time to live", (path: string) => path.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")],
    ["a parameter that was added", (path: string) => `${path}&response-content-type=text%2Fhtml`],
    ["a header that was added to the query", (path: string) => `${path}&x-amz-acl=private`],
    ["a signature that is no ASCII", (path: string) => path.replace(/X-Amz-Signature=./, "X-Amz-Signature=%C3%BC")],
  ])("does not hold for %s", async (_what, change) => {
    expect((await get(change(presigned()))).element("Code")).toBe("SignatureDoesNotMatch");
  });

  it("does not hold for another method", async () => {
    expect((await put(presigned())).element("Code")).toBe("SignatureDoesNotMatch");
  });

  it("holds for the headers that it names", async () => {
    const headers = { host: host(), "content-type": "text/plain" };
    const path = presigned({}, { method: "PUT", headers });
    expect((await put(path, { "content-type": "text/plain" })).status).toBe(200);
    expect((await put(path, { "content-type": "text/html" })).element("Code")).toBe("SignatureDoesNotMatch");
  });

  it("has to hold for every header of S3's own", async () => {
    const answer = await put(presigned({}, { method: "PUT" }), { "x-amz-meta-a": "1", "x-amz-acl": "private" });
    expect([
      answer.status,
      answer.element("Code"),
      answer.element("Message"),
      answer.element("HeadersNotSigned"),
    ]).toEqual([
      403,
      "AccessDenied",
      "There were headers present in the request which were not signed",
      "x-amz-meta-a, x-amz-acl",
    ]);
  });

  it("leaves nothing when it does not hold", async () => {
    const path = presigned({}, { method: "PUT", path: `/${Bucket}/never`, secret: "other" });
    expect((await put(path)).status).toBe(403);
    expect((await send({ method: "HEAD", path: `/${Bucket}/never` })).status).toBe(404);
  });
});

describe("presigned URLs of signature version 2", () => {
  const path = `/${Bucket}/k`;
  const soon = () => Math.floor(target.clock.now() / 1000) + 60;

  beforeAll(async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body" }));
  });

  it("read until they expire", async () => {
    expect((await get(presignedPathV2(path, soon()))).body).toBe("body");
    const answer = await get(presignedPathV2(path, soon() - 61));
    expect([answer.status, answer.element("Message")]).toEqual([403, "Request has expired"]);
    // before every date
    expect((await get(presignedPathV2(path, -1e15))).element("Message")).toBe("Request has expired");
  });

  it("sign the bucket of a virtual host, too", async () => {
    embeddedOnly("is about the host names of Headwater's emulator");
    const { port } = new URL(target.endpoint);
    const headers = { host: `${Bucket}.localhost:${port}` };
    expect((await send({ path: presignedPathV2("/k", soon(), path), headers, unsigned: true })).body).toBe("body");
  });

  it("sign the headers in their query in the order of their names", async () => {
    const resource = `x-amz-meta-a:1\nx-amz-meta-a-b:2\n${path}`;
    const signed = `${presignedPathV2(path, soon(), resource)}&x-amz-meta-a-b=2&x-amz-meta-a=1`;
    expect((await get(signed)).body).toBe("body");
  });

  it("are refused for another key, time or secret", async () => {
    const codes = [
      await get(presignedPathV2(path, soon()).replace("/k?", "/l?")),
      await get(presignedPathV2(path, soon()).replace(`Expires=${soon()}`, `Expires=${soon() + 60}`)),
      await get(presignedPathV2(path, soon(), path, "other")),
      await get(`${presignedPathV2(path, soon())}&acl`),
    ].map((answer) => answer.element("Code"));
    expect(codes).toEqual(Array(4).fill("SignatureDoesNotMatch"));
  });
});

describe("presigned URLs with auth: off", () => {
  const of = (signing: Partial<Signing>, more: Readonly<Record<string, string>> = {}) => {
    const headers = { host: new URL(trusting.target.endpoint).host };
    return presignedPath({ path: `/${Bucket}/k`, headers, atMs: trusting.target.clock.now(), ...signing }, more);
  };
  const read = (path: string) => trusting.send({ path, unsigned: true });

  it("are good whatever they are signed by, also after they expired", async () => {
    const path = of({ method: "PUT", secret: "nobody's", accessKeyId: "AKIAANYBODY" });
    expect((await trusting.send({ method: "PUT", path, body: "new", unsigned: true })).status).toBe(200);
    const url = of({ secret: "nobody's" });
    await trusting.target.clock.advance(120_000);
    expect((await read(url)).body).toBe("new");
  });

  it("are refused when they are none", async () => {
    const answer = await read(of({}, { "X-Amz-Expires": "soon" }));
    expect([answer.status, answer.element("Code")]).toEqual([400, "AuthorizationQueryParametersError"]);
  });
});
