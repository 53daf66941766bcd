/** Proves PutBucketCors, GetBucketCors and DeleteBucketCors. */
import {
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  type CORSRule,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("shared-with-pages");
const PAGE = "https://app.example.com";

const { s3, send } = useS3({ bucket: Bucket });
const put = (...CORSRules: CORSRule[]) =>
  s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
const RULE = { AllowedOrigins: [PAGE], AllowedMethods: ["GET", "PUT"] };

const preflight = (path: string, headers: Record<string, string>) =>
  send({ method: "OPTIONS", path, unsigned: true, headers });
const asking = (method: string, origin = PAGE, more: Record<string, string> = {}) =>
  preflight(`/${Bucket}/k`, { origin, "access-control-request-method": method, ...more });

beforeAll(async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello" }));
});

describe("PutBucketCors", () => {
  it("puts all rules, which are read and deleted", async () => {
    expect(await failure(s3.send(new GetBucketCorsCommand({ Bucket })))).toEqual({
      status: 404,
      code: "NoSuchCORSConfiguration",
      message: "The CORS configuration does not exist",
    });
    const rules = [{ ...RULE, ID: "one", AllowedHeaders: ["*"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 60 }, RULE];
    await put(...rules);
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(rules);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketCorsCommand({ Bucket })))).toMatchObject({ status: 404 });
  });

  it.each([
    [
      { ...RULE, AllowedMethods: ["PATCH"] },
      "InvalidRequest",
      "Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
    ],
    [
      { ...RULE, AllowedOrigins: ["https://*.*"] },
      "InvalidRequest",
      'AllowedOrigin "https://*.*" can not have more than one wildcard.',
    ],
    [
      { ...RULE, AllowedHeaders: ["*-*"] },
      "InvalidRequest",
      'AllowedHeader "*-*" can not have more than one wildcard.',
    ],
    [
      { ...RULE, ExposeHeaders: ["x-*"] },
      "InvalidRequest",
      'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
    ],
    [{ ...RULE, ExposeHeaders: ["x-–"] }, "InvalidArgument", "Header value cannot be represented using ISO-8859-1."],
    [{ ...RULE, AllowedMethods: [] }, "MalformedXML", expect.any(String)],
  ])("refuses %j", async (rule, code, message) => {
    expect(await failure(put(rule))).toEqual({ status: 400, code, message });
  });

  it("refuses no rules, and more than 100", async () => {
    expect(await failure(put())).toMatchObject({ code: "MalformedXML" });
    expect(await failure(put(...Array.from({ length: 101 }, () => RULE)))).toMatchObject({ code: "MalformedXML" });
  });
});

describe("a preflight", () => {
  const outcome = async (answer: ReturnType<typeof send>) => {
    const got = await answer;
    const names = ["Code", "Message", "Method", "ResourceType"];
    return [got.status, ...names.map((name) => got.element(name))];
  };

  it("is refused where nothing allows it", async () => {
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    const notEnabled = "CORSResponse: CORS is not enabled for this bucket.";
    expect(await outcome(asking("GET"))).toEqual([403, "AccessForbidden", notEnabled, "GET", "BUCKET"]);
    const nothing = preflight(`/${Bucket}/k`, { origin: PAGE });
    expect(await outcome(nothing)).toEqual([403, "AccessForbidden", notEnabled, "OPTIONS", "BUCKET"]);
    await put(RULE);
    const notAllowed =
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / " +
      "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
    expect(await outcome(asking("GET", "https://evil.example"))).toEqual([
      403,
      "AccessForbidden",
      notAllowed,
      "GET",
      "OBJECT",
    ]);
    expect((await asking("DELETE")).status).toBe(403);
    expect((await asking("PUT", PAGE, { "access-control-request-headers": "x-amz-acl" })).status).toBe(403);
    const none = preflight("/no-such-bucket/k", { origin: PAGE, "access-control-request-method": "GET" });
    expect((await none).element("Message")).toBe("CORSResponse: Bucket not found");
  });

  it("that lacks what it is about is a bad request", async () => {
    expect(await outcome(preflight(`/${Bucket}/k`, {}))).toMatchObject([
      400,
      "BadRequest",
      "Insufficient information. Origin request header needed.",
    ]);
    expect(await outcome(preflight(`/${Bucket}/k`, { origin: PAGE }))).toMatchObject([
      400,
      "BadRequest",
      "Invalid Access-Control-Request-Method: null",
    ]);
  });

  it("is answered by the first rule that allows origin, method and headers", async () => {
    await put(
      { AllowedOrigins: ["https://*.example.com"], AllowedMethods: ["GET"], MaxAgeSeconds: 1 },
      {
        AllowedOrigins: ["https://*.example.com"],
        AllowedMethods: ["PUT", "GET"],
        AllowedHeaders: ["x-amz-*", "Content-Type"],
        ExposeHeaders: ["ETag", "x-amz-version-id"],
        MaxAgeSeconds: 600,
      },
    );
    const headers = { "access-control-request-headers": "X-Amz-Acl, content-type" };
    const answer = await asking("GET", PAGE, headers);
    expect([answer.status, answer.body]).toEqual([200, ""]);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "x-amz-acl, content-type",
      "access-control-expose-headers": "ETag, x-amz-version-id",
      "access-control-max-age": "600",
      "access-control-allow-credentials": "true",
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    });
    expect((await asking("GET")).headers["access-control-max-age"]).toBe("1");
    expect([answer.headers["x-amz-request-id"], answer.headers["x-amz-id-2"]]).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
  });

  it("is answered for everyone by a star, without credentials, in virtual-host style too", async () => {
    embeddedOnly("is about the host names of Headwater's emulator");
    await put({ AllowedOrigins: ["*"], AllowedMethods: ["GET"] });
    const host = `${Bucket}.s3.localhost:4566`;
    const answer = await preflight("/k", {
      host,
      origin: "https://any.example",
      "access-control-request-method": "GET",
    });
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
  });
});

describe("a page of another origin", () => {
  const get = (origin: string, more: object = {}) => send({ path: `/${Bucket}/k`, headers: { origin, ...more } });

  it("gets to the bucket whose rules allow it, and its browser hears so, also of errors", async () => {
    await put({ ...RULE, ExposeHeaders: ["ETag"] });
    const answer = await get(PAGE);
    expect([answer.status, answer.body]).toEqual([200, "hello"]);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": "GET, PUT",
      "access-control-expose-headers": "ETag",
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    });
    const missing = await send({ path: `/${Bucket}/none`, headers: { origin: PAGE } });
    expect([missing.status, missing.headers["access-control-allow-origin"]]).toEqual([404, PAGE]);
    // one that asks like a preflight hears of what it asks for
    for (const more of [{ "access-control-request-method": "DELETE" }, { "access-control-request-headers": "x-a" }]) {
      const odd = await get(PAGE, more);
      expect([odd.status, odd.headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    }
    const anonymous = await send({ path: `/${Bucket}/k`, headers: { origin: PAGE }, unsigned: true });
    expect([anonymous.status, anonymous.headers["access-control-allow-origin"]]).toEqual([403, PAGE]);
  });

  it("gets nowhere else", async () => {
    embeddedOnly("is about whose pages Headwater's emulator answers");
    await put(RULE);
    const refused = { status: 403, body: expect.stringContaining("Requests of the origin") };
    expect(await get("https://evil.example")).toMatchObject(refused);
    expect(await send({ method: "DELETE", path: `/${Bucket}/k`, headers: { origin: PAGE } })).toMatchObject(refused);
    expect(await send({ path: "/other-bucket/k", headers: { origin: PAGE } })).toMatchObject(refused);
    expect(await send({ path: "/_headwater/health", headers: { origin: PAGE } })).toMatchObject(refused);
    // through the bucket's door to another service
    const elsewhere = { "x-amz-target": "DynamoDB_20120810.ListTables", authorization: "" };
    expect(await get(PAGE, elsewhere)).toMatchObject(refused);
  });

  it("of this machine may ask everything, and hears only what the rules say", async () => {
    embeddedOnly("is about whose pages Headwater's emulator answers");
    await put(RULE);
    const answer = await get("http://localhost:3000");
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
