import { createHmac } from "node:crypto";
import {
  DeleteBucketCorsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { bytes, useS3, type RawAnswer } from "./fixture.ts";
import { dateTimeOf } from "./signing.ts";

const Bucket = bucketName("forms");
const BOUNDARY = "----boundary";

const { s3, send, target } = useS3({ bucket: Bucket, manualClock: true });

type Fields = Readonly<Record<string, string>>;
type Conditions = readonly (Fields | readonly (string | number)[])[];

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const ANY_KEY: Conditions = [{ bucket: Bucket }, ["starts-with", "$key", ""]];

interface Signing {
  readonly conditions?: Conditions;
  readonly secret?: string;
  readonly policy?: object | string;
}

/** The fields of a form with a signed policy. */
function signed(
  fields: Fields,
  { conditions = ANY_KEY, secret = "test", policy }: Signing = {},
): Record<string, string> {
  const dateTime = dateTimeOf(target.clock.now());
  const date = dateTime.slice(0, 8);
  const own = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `test/${date}/us-east-1/s3/aws4_request`,
    "x-amz-date": dateTime,
  };
  const expiration = new Date(target.clock.now() + 60_000).toISOString();
  const document = policy ?? {
    expiration,
    conditions: [...conditions, ...Object.entries(own).map(([k, v]) => ({ [k]: v }))],
  };
  const text = typeof document === "string" ? document : JSON.stringify(document);
  const base64 = Buffer.from(text).toString("base64");
  const key = ["us-east-1", "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, date));
  return { ...fields, ...own, policy: base64, "x-amz-signature": hmac(key, base64).toString("hex") };
}

interface File {
  readonly data?: string | Buffer;
  readonly name?: string;
}

function formBody(fields: Fields, { data = "contents", name = "up.txt" }: File = {}): Buffer {
  const parts = Object.entries(fields).map(
    ([field, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/x\r\n\r\n`;
  return Buffer.concat([Buffer.from(parts.join("") + file), Buffer.from(data), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

const post = (body: string | Buffer, headers: Fields = {}): Promise<RawAnswer> =>
  send({
    method: "POST",
    path: `/${Bucket}`,
    headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    body,
    unsigned: true,
  });

const upload = (fields: Fields, file?: File) => post(formBody(fields, file));
const get = async (Key: string) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return { ...answer, text: await answer.Body?.transformToString() };
};
const codeAndMessage = (answer: RawAnswer) => [answer.status, answer.element("Code"), answer.element("Message")];

describe("a form upload", () => {
  it("puts its file, with the headers that its fields stand for", async () => {
    const fields = {
      key: "dir/${filename}",
      "Content-Type": "text/plain",
      "x-amz-meta-of": "ü",
      tagging: "<Tagging><TagSet><Tag><Key>a</Key><Value>1 + 2 東京</Value></Tag></TagSet></Tagging>",
      "x-ignore-me": "anything",
    };
    const conditions: Conditions = [
      ...ANY_KEY,
      ["starts-with", "$Content-Type", "text/"],
      ["eq", "$x-amz-meta-of", "ü"],
      ["starts-with", "$tagging", ""],
    ];
    const answer = await upload(signed(fields, { conditions }), { name: "C:\\pictures\\a b.txt" });
    expect(answer.status).toBe(204);
    expect(answer.headers.location).toBe(`http://${new URL(target.endpoint).host}/${Bucket}/dir/a%20b.txt`);
    const got = await get("dir/a b.txt");
    expect([got.text, got.ContentType, got.ETag]).toEqual(["contents", "text/plain", answer.headers.etag]);
    expect(Buffer.from(got.Metadata?.["of"]?.replace(/^=\?UTF-8\?B\?|\?=$/g, "") ?? "", "base64").toString()).toBe("ü");
    expect(answer.headers).toMatchObject({
      "x-amz-server-side-encryption": "AES256",
      "x-amz-checksum-crc64nvme": expect.any(String),
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "dir/a b.txt" }));
    expect(TagSet).toEqual([{ Key: "a", Value: "1 + 2 東京" }]);
  });

  it("keeps every byte of a large file, also those that look like a boundary", async () => {
    const near = Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}x\r\n\r\n--`);
    const data = Buffer.concat([bytes(300_000), near, bytes(70_000, 2), near]);
    expect((await upload(signed({ key: "large" }), { data })).status).toBe(204);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(data)).toBe(true);
  });

  it.each([
    ["200", 200],
    ["201", 201],
    ["204", 204],
    ["302", 204],
  ])("answers success_action_status %s by %i", async (success_action_status, status) => {
    const conditions: Conditions = [...ANY_KEY, { success_action_status }];
    const answer = await upload(signed({ key: "s", success_action_status }, { conditions }));
    expect(answer.status).toBe(status);
    if (status === 201) {
      expect([answer.element("Bucket"), answer.element("Key"), answer.element("ETag")]).toEqual([
        Bucket,
        "s",
        answer.headers.etag,
      ]);
      expect(answer.element("Location")).toBe(answer.headers.location);
    }
  });

  it("redirects to success_action_redirect, if that is a URL", async () => {
    const redirect = (success_action_redirect: string) =>
      upload(
        signed({ key: "r/ü", success_action_redirect }, { conditions: [...ANY_KEY, { success_action_redirect }] }),
      );
    const answer = await redirect("http://example.com/done?a=1");
    expect(answer.status).toBe(303);
    const { searchParams } = new URL(answer.headers.location ?? "");
    expect(Object.fromEntries(searchParams)).toEqual({ a: "1", bucket: Bucket, key: "r/ü", etag: answer.headers.etag });
    expect((await redirect("not a url")).status).toBe(204);
  });

  it("may come from a page of another origin that a rule of the bucket lets POST, which may do nothing else", async () => {
    embeddedOnly("is about whose pages Headwater's emulator answers");
    const origin = "http://page.example";
    const from = (page: string) => post(formBody(signed({ key: "page" })), { origin: page });
    expect(await from(origin)).toMatchObject({
      status: 403,
      body: expect.stringContaining("Requests of the origin"),
    });
    expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "page" }))).KeyCount).toBe(0);
    const CORSRules = [{ AllowedOrigins: [origin], AllowedMethods: ["POST"] }];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    const answer = await from(origin);
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([204, origin]);
    expect((await get("page")).text).toBe("contents");
    expect((await from("http://other.example")).status).toBe(403);
    expect((await send({ path: `/${Bucket}/page`, headers: { origin } })).status).toBe(403);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect((await from("http://localhost:3000")).status).toBe(204);
  });

  it("takes the file's name as it is", async () => {
    expect((await upload(signed({ key: "names/${filename}" }), { name: "a$&b$'c$$.txt" })).status).toBe(204);
    expect((await get("names/a$&b$'c$$.txt")).text).toBe("contents");
  });

  it.each([
    ["Content-Disposition", "attachment;\nx-more: 1"],
    ["Content-Type", "text/plain\r\nx-more: 1"],
    ["x-amz-website-redirect-location", "/1976–2016"],
  ])("is refused with a %s that no header can carry", async (name, value) => {
    const conditions: Conditions = [...ANY_KEY, ["starts-with", `$${name}`, ""]];
    const answer = await upload(signed({ key: "unheard", [name]: value }, { conditions }));
    expect([...codeAndMessage(answer), answer.element("ArgumentName")]).toEqual([
      400,
      "InvalidArgument",
      "Header value cannot be represented using ISO-8859-1.",
      name.toLowerCase(),
    ]);
  });

  it("keeps what a header can carry of its fields, and of metadata all, as it is", async () => {
    const fields = {
      key: "carried",
      "Content-Disposition": 'attachment; filename="1976–é.pdf"',
      "x-amz-meta-word": "=?UTF-8?B?YWJj?=",
    };
    const conditions: Conditions = [
      ...ANY_KEY,
      ["starts-with", "$Content-Disposition", ""],
      ["starts-with", "$x-amz-meta-word", ""],
    ];
    expect((await upload(signed(fields, { conditions }))).status).toBe(204);
    const got = await get("carried");
    expect([got.ContentDisposition, got.Metadata]).toEqual([
      'attachment; filename="1976 é.pdf"',
      { word: "=?UTF-8?B?YWJj?=" },
    ]);
  });

  it("takes a document of tags that is none as one of no tags", async () => {
    const conditions: Conditions = [...ANY_KEY, ["starts-with", "$tagging", ""]];
    const put = (key: string, tagging: string) => upload(signed({ key, tagging }, { conditions }));
    expect((await put("untagged", "<Other></Other>")).status).toBe(204);
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "untagged" }))).TagSet).toEqual([]);
    expect(codeAndMessage(await put("untagged", "tags"))).toMatchObject([400, "MalformedXML", expect.any(String)]);
  });

  it("keeps ${filename} where its file is a field without a name", async () => {
    const body = formBody(signed({ key: "fields/${filename}" }))
      .toString("latin1")
      .replace('; filename="up.txt"', "");
    expect((await post(body)).status).toBe(204);
    expect((await get("fields/${filename}")).text).toBe("contents");
  });

  it("has to be multipart/form-data", async () => {
    const answer = await post("key=k", { "content-type": "application/x-www-form-urlencoded" });
    expect([answer.status, answer.element("Code"), answer.element("Condition")]).toEqual([
      412,
      "PreconditionFailed",
      "Bucket POST must be of the enclosure-type multipart/form-data",
    ]);
  });

  it("is nothing that is sent to the host of another service", async () => {
    embeddedOnly("is about the host names of Headwater's emulator");
    const headers = { host: "sts.us-east-1.localhost:4566", "content-type": "application/x-www-form-urlencoded" };
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const answer = await send({ method: "POST", path: "/", headers, body, unsigned: true });
    expect([answer.status, answer.element("Code")]).toEqual([403, "MissingAuthenticationToken"]);
  });

  it("is refused with metadata whose name no header can have", async () => {
    const conditions: Conditions = [...ANY_KEY, ["starts-with", "$x-amz-meta-a b", ""]];
    const answer = await upload(signed({ key: "unheard", "x-amz-meta-a b": "1" }, { conditions }));
    expect([answer.status, answer.element("Code"), answer.element("ArgumentName")]).toEqual([
      400,
      "InvalidArgument",
      "x-amz-meta-a b",
    ]);
  });

  it("is good with signature version 2", async () => {
    const policy = Buffer.from(
      JSON.stringify({ expiration: new Date(target.clock.now() + 60_000).toISOString(), conditions: ANY_KEY }),
    ).toString("base64");
    const signature = createHmac("sha1", "test").update(policy).digest("base64");
    const fields = { key: "v2", AWSAccessKeyId: "test", policy, signature };
    expect((await upload(fields)).status).toBe(204);
    expect((await upload({ ...fields, signature: signature.replace(/^./, "_") })).element("Code")).toBe(
      "SignatureDoesNotMatch",
    );
    const missing = await upload({ key: "v2", policy, signature });
    expect([missing.status, missing.element("ArgumentName")]).toEqual([400, "AWSAccessKeyId"]);
    expect(codeAndMessage(await upload({ key: "v2", policy }))).toEqual([403, "AccessDenied", "Access Denied"]);
  });
});

describe("the policy of a form", () => {
  const failed = (answer: RawAnswer) => codeAndMessage(answer);

  it.each([
    [{ key: "other/k" }, [["starts-with", "$key", "user/"]], '["starts-with", "$key", "user/"]'],
    [{ key: "k" }, [["eq", "$key", "l"]], '["eq", "$key", "l"]'],
    [{ key: "k" }, [["starts-with", "$key", ""], { bucket: "another" }], '["eq", "$bucket", "another"]'],
    [{ key: "k" }, [["starts-with", "$key", ""], { acl: "private" }], '["eq", "$acl", "private"]'],
    [
      { key: "k", "Content-Type": "image/png,text/html" },
      [
        ["starts-with", "$key", ""],
        ["starts-with", "$Content-Type", "image/"],
      ],
      '["starts-with", "$Content-Type", "image/"]',
    ],
    // what makes no sense is met by nothing
    [
      { key: "k" },
      [
        ["starts-with", "$key", ""],
        ["eq", "key", "k"],
      ],
      '["eq", "key", "k"]',
    ],
    [
      { key: "k" },
      [
        ["starts-with", "$key", ""],
        ["content-length-range", "few", "10"],
      ],
      '["content-length-range", "few", "10"]',
    ],
  ] as [Fields, Conditions, string][])("refuses %j under %j", async (fields, conditions, shown) => {
    const bucket: Conditions = [["starts-with", "$bucket", ""]];
    const answer = await upload(signed(fields, { conditions: [...bucket, ...conditions] }));
    expect(failed(answer)).toEqual([
      403,
      "AccessDenied",
      `Invalid according to Policy: Policy Condition failed: ${shown}`,
    ]);
  });

  it("has to name every field", async () => {
    const answer = await upload(signed({ key: "k", "x-amz-meta-extra": "1" }));
    expect(failed(answer)).toEqual([
      403,
      "AccessDenied",
      "Invalid according to Policy: Extra input fields: x-amz-meta-extra",
    ]);
  });

  it("bounds the size of the file, and nothing is kept beyond it", async () => {
    const sized = (data: string) =>
      upload(signed({ key: "sized" }, { conditions: [...ANY_KEY, ["content-length-range", 3, 5]] }), { data });
    expect((await sized("12345")).status).toBe(204);
    const large = await sized("123456");
    expect([large.status, large.element("Code"), large.element("MaxSizeAllowed")]).toEqual([
      400,
      "EntityTooLarge",
      "5",
    ]);
    const small = await sized("12");
    expect([small.status, small.element("Code"), small.element("MinSizeAllowed")]).toEqual([
      400,
      "EntityTooSmall",
      "3",
    ]);
    expect((await get("sized")).text).toBe("12345");
  });

  it("ends at its expiration", async () => {
    const form = formBody(signed({ key: "late" }));
    await target.clock.advance(60_000);
    expect(failed(await post(form))).toEqual([403, "AccessDenied", "Invalid according to Policy: Policy expired."]);
  });

  it.each([
    ["{", "Invalid Policy: Invalid JSON."],
    [{ conditions: [] }, "Invalid Policy: Policy missing expiration."],
    [{ expiration: "soon", conditions: [] }, "Invalid Policy: Invalid 'expiration' value: 'soon'"],
    [{ expiration: "2100-01-01T00:00:00Z" }, "Invalid Policy: Policy missing conditions."],
  ])("is refused when it is %j", async (policy, message) => {
    const answer = await upload(signed({ key: "k" }, { policy }));
    expect(codeAndMessage(answer)).toEqual([400, "InvalidPolicyDocument", message]);
  });

  it("has to be signed by its key", async () => {
    const answer = await upload(signed({ key: "never" }, { secret: "other" }));
    expect([answer.status, answer.element("Code"), answer.element("AWSAccessKeyId")]).toEqual([
      403,
      "SignatureDoesNotMatch",
      "test",
    ]);
    const fields = signed({ key: "never" });
    const signature = fields["x-amz-signature"]?.replace(/^./, "ü") ?? "";
    expect((await upload({ ...fields, "x-amz-signature": signature })).element("Code")).toBe("SignatureDoesNotMatch");
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "never" }));
    expect(Contents).toEqual([]);
  });

  it.each(["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"])(
    "needs the field %s",
    async (name) => {
      const { [name.toLowerCase()]: _left, ...fields } = signed({ key: "k" });
      const answer = await upload(fields);
      expect([answer.status, answer.element("Code"), answer.element("ArgumentName")]).toEqual([
        400,
        "InvalidArgument",
        name,
      ]);
    },
  );

  it("is needed: a form without one is denied", async () => {
    const answer = await upload({ key: "anonymous" });
    expect([answer.status, answer.element("Code")]).toEqual([403, "AccessDenied"]);
  });
});

describe("a malformed form", () => {
  it("needs a key before its file", async () => {
    expect(codeAndMessage(await upload(signed({})))).toEqual([
      400,
      "InvalidArgument",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    ]);
  });

  it("needs a file", async () => {
    const body = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--${BOUNDARY}--\r\n`;
    expect(codeAndMessage(await post(body))).toEqual([
      400,
      "InvalidArgument",
      "POST requires exactly one file upload per request.",
    ]);
  });

  it.each([
    ["no boundary", () => "nothing"],
    ["no end", () => formBody(signed({ key: "k" })).subarray(0, -6)],
    ["a part without a name", () => `--${BOUNDARY}\r\nContent-Type: text/x\r\n\r\nx\r\n--${BOUNDARY}--\r\n`],
  ])("is refused with %s, and what was there stays", async (_what, body) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "before" }));
    const answer = await post(body());
    expect([answer.status, answer.element("Code")]).toEqual([400, "MalformedPOSTRequest"]);
    expect((await get("k")).text).toBe("before");
  });

  it("may have 20 KB of fields, their names among them", async () => {
    const names = Array.from({ length: 100 }, (_none, index) => `x-ignore-${"x".repeat(200)}${index}`);
    const empty = Object.fromEntries(names.map((name) => [name, ""]));
    for (const fields of [{ "x-ignore-long": "x".repeat(21_000) }, empty]) {
      const answer = await upload(signed({ key: "k", ...fields }));
      expect([answer.status, answer.element("Code")]).toEqual([400, "MaxPostPreDataLengthExceeded"]);
    }
  });
});
