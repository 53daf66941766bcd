import { describe, expect, it } from "@jest/globals";
import { ExecutionFixture, lambdaUri, postJson, proxyTo, read } from "./execution-fixture.ts";

/** Answers what its event says under `answer`, else the event itself. */
const FUNCTION = `exports.handler = async (event) => {
  const asked = event.headers && event.headers["x-answer"];
  if (asked === "throw") throw new Error("broken");
  if (asked) return JSON.parse(asked);
  return { statusCode: 200, body: JSON.stringify(event) };
};`;

describe("Lambda proxy integrations", () => {
  const aws = new ExecutionFixture();
  let url = "";

  beforeAll(async () => {
    await aws.createFor("proxied", FUNCTION);
    await aws.create("closed", FUNCTION);
    const deployed = await aws.deploy({
      api: { binaryMediaTypes: ["image/*"] },
      stage: { variables: { color: "blue" } },
      methods: { "ANY /items/{id}": proxyTo("proxied"), "GET /closed": proxyTo("closed") },
    });
    url = deployed.url;
  });

  const answering = (answer: unknown, headers: Readonly<Record<string, string>> = {}) =>
    read(fetch(`${url}/items/1`, { headers: { "x-answer": JSON.stringify(answer), ...headers } }));

  describe("serialization", () => {
    it("gives the function payload format 1.0", async () => {
      const { json } = await read(
        postJson(`${url}/items/a%2Bb?x=1&x=2&plus=a+b`, { n: 1 }, { "X-One": "1", connection: "keep-alive" }),
      );
      expect(json).toMatchObject({
        resource: "/items/{id}",
        path: "/items/a%2Bb",
        httpMethod: "POST",
        headers: { "X-One": "1", "content-type": "application/json", "X-Forwarded-Proto": "https" },
        multiValueHeaders: { "X-One": ["1"] },
        queryStringParameters: { x: "2", plus: "a b" },
        multiValueQueryStringParameters: { x: ["1", "2"], plus: ["a b"] },
        pathParameters: { id: "a%2Bb" },
        stageVariables: { color: "blue" },
        requestContext: {
          resourcePath: "/items/{id}",
          httpMethod: "POST",
          path: "/test/items/a%2Bb",
          accountId: "000000000000",
          protocol: "HTTP/1.1",
          stage: "test",
          requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          identity: { sourceIp: "127.0.0.1", user: null, userArn: null },
        },
        body: '{"n":1}',
        isBase64Encoded: false,
      });
      const { headers } = json as { headers: Record<string, string> };
      expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain("content-length");
    });

    it("gives null for what a request does not have, and binary bodies as base64", async () => {
      const empty = await read(fetch(`${url}/items/1`));
      expect(empty.json).toMatchObject({
        body: null,
        queryStringParameters: null,
        multiValueQueryStringParameters: null,
      });
      const sent = Buffer.from([0, 255, 128]);
      const binary = await read(
        fetch(`${url}/items/1`, { method: "PUT", headers: { "content-type": "image/png" }, body: sent }),
      );
      expect(binary.json).toMatchObject({ body: sent.toString("base64"), isBase64Encoded: true });
    });
  });

  describe("behaviour", () => {
    it("answers status, headers of both kinds and body of the function", async () => {
      const answer = await answering({
        statusCode: 201,
        headers: { "x-one": "1", "x-many": "c", Date: "then" },
        multiValueHeaders: { "x-many": ["a", "b"], "Set-Cookie": ["p=1", "q=2"] },
        body: "done",
      });
      expect(answer).toMatchObject({ status: 201, body: "done" });
      expect(answer.headers.get("x-one")).toBe("1");
      expect(answer.headers.get("x-many")).toBe("a, b, c");
      expect(answer.headers.getSetCookie()).toEqual(["p=1", "q=2"]);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("x-amzn-remapped-date")).toBe("then");
      expect(answer.headers.get("x-amzn-trace-id")).toMatch(/^Root=1-/);
    });

    it("decodes base64 for clients that accept a binary type, and for no others", async () => {
      const png = { statusCode: 200, headers: { "content-type": "image/png" }, body: "AP+A", isBase64Encoded: true };
      const got = await fetch(`${url}/items/1`, { headers: { "x-answer": JSON.stringify(png), accept: "image/png" } });
      expect(Buffer.from(await got.arrayBuffer())).toEqual(Buffer.from([0, 255, 128]));
      expect((await answering(png, { accept: "text/html" })).body).toBe("AP+A");
    });

    it.each([
      ["no object", "text"],
      ["members that it does not know", { statusCode: 200, cookies: [] }],
      ["a body that is no string", { statusCode: 200, body: { a: 1 } }],
      ["a status that is none", { statusCode: "fine" }],
      ["headers that are no object", { statusCode: 200, headers: "x" }],
    ])("answers 502 for %s", async (_what, answer) => {
      const got = await answering(answer);
      expect(got).toMatchObject({ status: 502, body: '{"message": "Internal server error"}'.replace(": ", ":") });
      expect(got.headers.get("x-amzn-errortype")).toBe("InternalServerErrorException");
    });

    it("answers 502 for a function that fails", async () => {
      const got = await read(fetch(`${url}/items/1`, { headers: { "x-answer": "throw" } }));
      expect(got).toMatchObject({ status: 502, json: { message: "Internal server error" } });
    });

    it("answers 500 where the function's policy does not let API Gateway in", async () => {
      expect(await read(fetch(`${url}/closed`))).toMatchObject({
        status: 500,
        json: { message: "Internal server error" },
      });
    });

    it("answers 504 when the function takes longer than the integration may", async () => {
      await aws.createFor("slow", "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 20_000));");
      const slow = await aws.deploy({
        methods: { "GET /": { integration: { ...proxyTo("slow").integration, timeoutInMillis: 50 } } },
      });
      expect(await read(fetch(slow.url))).toMatchObject({
        status: 504,
        json: { message: "Endpoint request timed out" },
      });
    });
  });

  describe("custom integrations", () => {
    it("give the function what a template makes, and select a response by its error", async () => {
      await aws.createFor(
        "custom",
        "exports.handler = async (event) => { if (event.fail) throw new Error(event.fail); return { got: event }; };",
      );
      const { url: custom } = await aws.deploy({
        methods: {
          "POST /x": {
            integration: {
              type: "AWS",
              integrationHttpMethod: "POST",
              uri: lambdaUri("custom"),
              requestTemplates: {
                "application/json": `{"fail": $input.json('$.fail'), "who": "$input.params('who')", "name": "$util.escapeJavaScript($input.path('$.name'))"}`,
              },
            },
            responses: {
              200: { responseTemplates: { "application/json": "$input.json('$.got.name')" } },
              404: {
                selectionPattern: "Not found.*",
                responseTemplates: { "application/json": `{"error": "$input.path('$.errorMessage')"}` },
              },
            },
          },
        },
      });
      expect(await read(postJson(`${custom}/x?who=me`, { name: 'a "b"' }))).toMatchObject({
        status: 200,
        json: 'a "b"',
      });
      expect(await read(postJson(`${custom}/x`, { fail: "Not found: 7" }))).toMatchObject({
        status: 404,
        json: { error: "Not found: 7" },
      });
    });

    it("hold no pattern against a function that did not fail", async () => {
      await aws.createFor(
        "errs",
        'exports.handler = async ({ fail }) => { if (fail) throw new Error("no"); return 1; };',
      );
      const { url: selected } = await aws.deploy({
        methods: {
          "POST /": {
            integration: { type: "AWS", integrationHttpMethod: "POST", uri: lambdaUri("errs") },
            responses: { 500: { selectionPattern: ".+" }, 200: {} },
          },
        },
      });
      expect(await read(postJson(selected, {}))).toMatchObject({ status: 200, body: "1" });
      expect(await read(postJson(selected, { fail: true }))).toMatchObject({ status: 500 });
    });

    it("answer 400 where the request is no JSON that a function could be given", async () => {
      const { url: passing } = await aws.deploy({
        methods: {
          "POST /": {
            integration: { type: "AWS", integrationHttpMethod: "POST", uri: lambdaUri("errs") },
            responses: { 200: {} },
          },
        },
      });
      expect(await read(postJson(passing, "{nonsense"))).toMatchObject({
        status: 400,
        json: { message: expect.stringMatching(/^Could not parse request body into json: /) },
      });
    });
  });
});
