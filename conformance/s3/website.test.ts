/** Proves PutBucketWebsite, GetBucketWebsite and DeleteBucketWebsite. */
import {
  DeleteBucketWebsiteCommand,
  GetBucketWebsiteCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("site");
const HOST = `${Bucket}.s3-website-us-east-1.localhost:4566`;

const { s3, send } = useS3({ bucket: Bucket });
const put = (WebsiteConfiguration: WebsiteConfiguration) =>
  s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
const visit = (path: string, { host = HOST, method = "GET", ...headers }: Record<string, string> = {}) => {
  embeddedOnly("is about the host names of Headwater's emulator");
  return send({ unsigned: true, method, path, headers: { host, ...headers } });
};
const INDEX = { IndexDocument: { Suffix: "index.html" } };

beforeAll(async () => {
  const pages = ["index.html", "docs/index.html", "a b/ü.html", "error.html"];
  for (const Key of pages) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ContentType: "text/html" }));
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
  const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
  const listing = { ...statement, Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement, listing] });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
});

describe("PutBucketWebsite", () => {
  it("is read and deleted", async () => {
    const configuration = {
      ...INDEX,
      ErrorDocument: { Key: "error.html" },
      RoutingRules: [{ Condition: { KeyPrefixEquals: "old/" }, Redirect: { ReplaceKeyPrefixWith: "new/" } }],
    };
    await put(configuration);
    expect(await s3.send(new GetBucketWebsiteCommand({ Bucket }))).toMatchObject(configuration);
    await s3.send(new DeleteBucketWebsiteCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketWebsiteCommand({ Bucket })))).toEqual({
      status: 404,
      code: "NoSuchWebsiteConfiguration",
      message: "The specified bucket does not have a website configuration",
    });
  });

  it.each<[WebsiteConfiguration, string, string]>([
    [
      { ...INDEX, RoutingRules: [] },
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    ],
    [
      { RedirectAllRequestsTo: { HostName: "a–b" } },
      "InvalidArgument",
      "Header value cannot be represented using ISO-8859-1.",
    ],
    [
      { ...INDEX, RoutingRules: [{ Redirect: { HostName: "a–b" } }] },
      "InvalidArgument",
      "Header value cannot be represented using ISO-8859-1.",
    ],
    [{ IndexDocument: { Suffix: "a/b" } }, "InvalidArgument", "The IndexDocument Suffix is not well formed"],
    [
      { ...INDEX, RedirectAllRequestsTo: { HostName: "x" } },
      "InvalidArgument",
      "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
    ],
    [
      { ...INDEX, RoutingRules: [{ Redirect: { ReplaceKeyWith: "a", ReplaceKeyPrefixWith: "b" } }] },
      "InvalidRequest",
      "You can only define ReplaceKeyPrefix or ReplaceKey but not both.",
    ],
    ...["200", "300", "306", "314"].map((code): [WebsiteConfiguration, string, string] => [
      { ...INDEX, RoutingRules: [{ Redirect: { HttpRedirectCode: code } }] },
      "InvalidRequest",
      `The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`,
    ]),
    [
      { ...INDEX, RoutingRules: [{ Condition: { HttpErrorCodeReturnedEquals: "200" }, Redirect: { HostName: "x" } }] },
      "InvalidRequest",
      "The provided HTTP error code (200) is not valid. Valid codes are 4XX or 5XX.",
    ],
  ])("refuses %j", async (configuration, code, message) => {
    expect(await failure(put(configuration))).toEqual({ status: 400, code, message });
  });
});

describe("a website", () => {
  it("shows objects, and the index of what ends in a slash", async () => {
    await put(INDEX);
    const shown = async (path: string, more: Record<string, string> = {}) => {
      const { status, body, headers } = await visit(path, more);
      return [status, body, headers["content-type"]];
    };
    expect(await shown("/")).toEqual([200, "index.html", "text/html"]);
    expect(await shown("/docs/")).toEqual([200, "docs/index.html", "text/html"]);
    expect(await shown("/a%20b/%C3%BC.html?v=1")).toEqual([200, "a b/ü.html", "text/html"]);
    expect(await shown("/index.html", { range: "bytes=0-4" })).toEqual([206, "index", "text/html"]);
    for (const host of ["site.s3-website.localhost:4566", "site.s3-website.us-east-1.localhost:4566"]) {
      expect(await shown("/", { host })).toEqual([200, "index.html", "text/html"]);
    }
    expect(await visit("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    const { headers } = await visit("/index.html");
    expect((await visit("/index.html", { "if-none-match": headers.etag ?? "" })).status).toBe(304);
  });

  it("sends whoever forgot the slash of a folder there", async () => {
    await put(INDEX);
    const answer = await visit("/docs");
    expect([answer.status, answer.headers.location]).toEqual([302, "/docs/"]);
  });

  it("answers errors as a page, or by the bucket's own one", async () => {
    await put(INDEX);
    const page = await visit("/none");
    expect([page.status, page.headers["content-type"], page.headers["x-amz-error-code"]]).toEqual([
      404,
      "text/html; charset=utf-8",
      "NoSuchKey",
    ]);
    expect(page.body).toContain("<h1>404 Not Found</h1>");
    expect(page.body).toContain(
      "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n<li>Key: none</li>",
    );
    await put({ ...INDEX, ErrorDocument: { Key: "error.html" } });
    expect(await visit("/none")).toMatchObject({ status: 404, body: "error.html" });
    await put({ ...INDEX, ErrorDocument: { Key: "gone.html" } });
    expect((await visit("/none")).body).toContain(
      "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>",
    );
    expect((await visit("/", { method: "PUT" })).status).toBe(405);
    expect((await visit("/", { host: "nowhere.s3-website.localhost" })).body).toContain("<li>Code: NoSuchBucket</li>");
    await s3.send(new DeleteBucketWebsiteCommand({ Bucket }));
    expect((await visit("/")).body).toContain("<li>Code: NoSuchWebsiteConfiguration</li>");
  });

  it("shows what anybody may read, and nothing else", async () => {
    await put(INDEX);
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }),
    );
    const page = await visit("/");
    expect([page.status, page.headers["x-amz-error-code"]]).toEqual([403, "AccessDenied"]);
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
  });
});

describe("redirects", () => {
  const to = async (path: string) => {
    const { status, headers } = await visit(path);
    return [status, headers.location];
  };

  it("send everything to another host", async () => {
    await put({ RedirectAllRequestsTo: { HostName: "www.example.com", Protocol: "https" } });
    expect(await to("/a%20b/c")).toEqual([301, "https://www.example.com/a%20b/c"]);
  });

  it("follow rules about keys before, and about errors after the object is looked for", async () => {
    await put({
      ...INDEX,
      RoutingRules: [
        { Condition: { KeyPrefixEquals: "old/" }, Redirect: { ReplaceKeyPrefixWith: "docs/" } },
        { Condition: { KeyPrefixEquals: "one" }, Redirect: { ReplaceKeyWith: "error.html", HttpRedirectCode: "302" } },
        {
          Condition: { HttpErrorCodeReturnedEquals: "404", KeyPrefixEquals: "api/" },
          Redirect: { HostName: "api.example.com", Protocol: "https", HttpRedirectCode: "307" },
        },
      ],
    });
    expect(await to("/old/index.html")).toEqual([301, `http://${HOST}/docs/index.html`]);
    expect(await to("/one/two")).toEqual([302, `http://${HOST}/error.html`]);
    expect(await to("/api/v1")).toEqual([307, "https://api.example.com/api/v1"]);
    expect((await to("/else"))[0]).toBe(404);
  });

  it("are in the metadata of objects", async () => {
    await put(INDEX);
    const redirecting = { Bucket, Key: "moved", Body: "-", WebsiteRedirectLocation: "/docs/" };
    await s3.send(new PutObjectCommand(redirecting));
    expect(await to("/moved")).toEqual([301, "/docs/"]);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "moved" }));
    expect(head.WebsiteRedirectLocation).toBe("/docs/");
    // also of the page for errors
    await put({ ...INDEX, ErrorDocument: { Key: "moved" } });
    expect(await to("/none")).toEqual([301, "/docs/"]);
    const bad = new PutObjectCommand({ ...redirecting, WebsiteRedirectLocation: "docs" });
    expect(await failure(s3.send(bad))).toMatchObject({ status: 400, code: "InvalidRedirectLocation" });
  });
});
