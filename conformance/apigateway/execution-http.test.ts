import http from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { DeleteMethodResponseCommand } from "@aws-sdk/client-api-gateway";
import { ExecutionFixture, mock, postJson, read } from "./execution-fixture.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe("HTTP integrations", () => {
  const aws = new ExecutionFixture();
  const backend = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.url?.startsWith("/hang")) return;
      const status = Number(/[?&]status=(\d+)/.exec(request.url ?? "")?.[1] ?? 200);
      response.writeHead(status, {
        "content-type": "application/json",
        "x-backend": "yes",
        "set-cookie": ["a=1", "b=2"],
      });
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
    });
  });
  let base = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    backend.closeAllConnections();
    backend.close();
  });

  describe("HTTP_PROXY", () => {
    it("passes the request on, with mapped parameters and stage variables, and the answer back", async () => {
      const { url, restApiId } = await aws.deploy({
        stage: { variables: { base: base.replace("http://", "") } },
        methods: {
          "ANY /{proxy+}": {
            method: { requestParameters: { "method.request.path.proxy": true } },
            integration: {
              type: "HTTP_PROXY",
              integrationHttpMethod: "ANY",
              uri: "http://${stageVariables.base}/to/{proxy}",
              requestParameters: {
                "integration.request.path.proxy": "method.request.path.proxy",
                "integration.request.header.x-stage": "context.stage",
                "integration.request.querystring.fixed": "'value'",
              },
            },
          },
        },
      });
      const answer = await read(postJson(`${url}/a/b%20c?q=1&status=418`, { n: 1 }, { "x-mine": "1" }));
      expect(answer.status).toBe(418);
      expect(answer.headers.get("x-backend")).toBe("yes");
      expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
      expect(answer.headers.get("x-amzn-remapped-date")).not.toBeNull();
      const seen = answer.json as Seen;
      expect(seen).toMatchObject({
        method: "POST",
        url: "/to/a/b%20c?q=1&status=418&fixed=value",
        body: '{"n":1}',
        headers: {
          "x-mine": "1",
          "x-stage": "test",
          "x-amzn-apigateway-api-id": restApiId,
          host: base.replace("http://", ""),
        },
      });
    });

    it("answers 504 where nobody answers, or too late", async () => {
      const to = (uri: string, timeoutInMillis?: number) => ({
        integration: { type: "HTTP_PROXY" as const, integrationHttpMethod: "GET", uri, timeoutInMillis },
      });
      const { url } = await aws.deploy({
        methods: { "GET /nobody": to("http://127.0.0.1:1/"), "GET /late": to(`${base}/hang`, 50) },
      });
      expect(await read(fetch(`${url}/nobody`))).toMatchObject({
        status: 504,
        json: { message: "Network error communicating with endpoint" },
      });
      expect(await read(fetch(`${url}/late`))).toMatchObject({
        status: 504,
        json: { message: "Endpoint request timed out" },
      });
    });
  });

  describe("connections", () => {
    /** Answers the first request of every connection, and hangs up at the second. */
    const used = new WeakSet<object>();
    const fickle = http.createServer(({ socket }, response) => {
      if (used.has(socket)) return void socket.destroy();
      used.add(socket);
      response.end();
    });
    afterAll(() => void fickle.close());

    it("that a backend closed while they were kept fail no request that can be sent again", async () => {
      await new Promise<void>((resolve) => fickle.listen(0, "127.0.0.1", resolve));
      const uri = `http://127.0.0.1:${(fickle.address() as AddressInfo).port}/`;
      const { url } = await aws.deploy({
        methods: { "ANY /": { integration: { type: "HTTP_PROXY", integrationHttpMethod: "ANY", uri } } },
      });
      expect(await read(fetch(url))).toMatchObject({ status: 200 });
      expect(await read(fetch(url))).toMatchObject({ status: 200 });
      expect(await read(fetch(url, { method: "POST", body: "once" }))).toMatchObject({ status: 504 });
    });
  });

  describe("HTTP", () => {
    it("sends what mappings, templates and overrides make, and answers what responses make", async () => {
      const { url } = await aws.deploy({
        methods: {
          "POST /x/{id}": {
            method: { requestParameters: { "method.request.path.id": true, "method.request.querystring.q": false } },
            integration: {
              type: "HTTP",
              integrationHttpMethod: "PUT",
              uri: `${base}/items/{key}`,
              requestParameters: {
                "integration.request.path.key": "method.request.path.id",
                "integration.request.querystring.search": "method.request.querystring.q",
                "integration.request.header.x-name": "method.request.body.user.name",
              },
              requestTemplates: {
                "application/json": `#set($in = $input.path('$'))#set($context.requestOverride.header.x-over = "set")#set($context.requestOverride.querystring.more = "1")
{"total": #set($sum = 0)#foreach($n in $in.numbers)#set($sum = $sum + $n)#end$sum, "first": $in.numbers[0], "all": $input.json('$.numbers'), "names": [#foreach($k in $in.map.keySet())"$k=$in.map.get($k)"#if($foreach.hasNext), #end#end], "text": "$util.escapeJavaScript($in.user.name)", "url": "$util.urlEncode('a b&c')", "b64": "$util.base64Encode('hi')", "parsed": "$util.parseJson($in.json).a", "none": "$in.nothing", "price": $in.price}`,
              },
            },
            responses: {
              200: {
                responseParameters: {
                  "method.response.header.x-from": "integration.response.header.x-backend",
                  "method.response.header.x-method": "integration.response.body.method",
                },
                responseTemplates: { "application/json": "$input.body" },
              },
            },
          },
        },
      });
      const body = {
        numbers: [1, 2, 3],
        map: { a: 1, b: 2 },
        user: { name: 'O"Neil' },
        json: '{"a": "deep"}',
        price: 2.5,
      };
      const answer = await read(postJson(`${url}/x/k1?q=find`, body));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-from")).toBe("yes");
      expect(answer.headers.get("x-method")).toBe("PUT");
      expect(answer.headers.get("x-backend")).toBeNull();
      const seen = answer.json as Seen;
      expect(seen.url).toBe("/items/k1?search=find&more=1");
      expect(seen.headers).toMatchObject({ "x-name": 'O"Neil', "x-over": "set", "content-type": "application/json" });
      expect(JSON.parse(seen.body)).toEqual({
        total: 6,
        first: 1,
        all: [1, 2, 3],
        names: ["a=1", "b=2"],
        text: 'O"Neil',
        url: "a+b%26c",
        b64: "aGk=",
        parsed: "deep",
        none: "",
        price: 2.5,
      });
    });

    it("selects a response by the status, and lets a template override it", async () => {
      const { url } = await aws.deploy({
        methods: {
          "GET /x": {
            integration: { type: "HTTP", integrationHttpMethod: "GET", uri: `${base}/?status=404` },
            responses: {
              200: {},
              404: {
                selectionPattern: "4\\d{2}",
                responseTemplates: {
                  "application/json": `#set($context.responseOverride.status = 410)#set($context.responseOverride.header.x-gone = "yes"){"gone": true}`,
                },
              },
            },
          },
        },
      });
      const answer = await read(fetch(`${url}/x`));
      expect(answer).toMatchObject({ status: 410, json: { gone: true } });
      expect(answer.headers.get("x-gone")).toBe("yes");
    });

    it.each([
      ["WHEN_NO_MATCH", { "application/json": "json" }, 200, "<a/>"],
      ["WHEN_NO_TEMPLATES", { "application/json": "json" }, 415, undefined],
      ["WHEN_NO_TEMPLATES", undefined, 200, "<a/>"],
      ["NEVER", undefined, 415, undefined],
    ])(
      "passes a body of another type through %s of templates %j: %d",
      async (passthroughBehavior, requestTemplates, status, sent) => {
        const { url } = await aws.deploy({
          methods: {
            "POST /x": {
              integration: {
                type: "HTTP",
                integrationHttpMethod: "POST",
                uri: base,
                passthroughBehavior,
                ...(requestTemplates && { requestTemplates }),
              },
              responses: { 200: {} },
            },
          },
        });
        const answer = await read(postJson(`${url}/x`, "<a/>", { "content-type": "application/xml" }));
        expect(answer.status).toBe(status);
        if (sent === undefined) expect(answer.json).toEqual({ message: "Unsupported Media Type" });
        else expect((answer.json as Seen).body).toBe(sent);
      },
    );

    it("passes on what is no Unicode as its replacement character", async () => {
      const { url } = await aws.deploy({
        methods: {
          "POST /": {
            integration: {
              type: "HTTP",
              integrationHttpMethod: "GET",
              uri: `${base}/q`,
              requestTemplates: {
                "application/json": `#set($context.requestOverride.querystring.x = $input.path('$.x'))$util.urlEncode($input.path('$.x'))`,
              },
            },
            responses: { 200: {} },
          },
        },
      });
      const { json } = await read(postJson(url, '{"x": "a\\ud800"}'));
      expect(json).toMatchObject({ url: "/q?x=a%EF%BF%BD", body: "a%EF%BF%BD" });
    });

    it("answers 500 where the method does not declare the response", async () => {
      const { url } = await aws.deploy({
        methods: { "GET /": mock("{}") },
        finish: async (restApiId) => {
          const place = { restApiId, resourceId: await aws.rootOf(restApiId), httpMethod: "GET", statusCode: "200" };
          await aws.gateway.send(new DeleteMethodResponseCommand(place));
        },
      });
      expect(await read(fetch(url))).toMatchObject({ status: 500, json: { message: "Internal server error" } });
    });

    it("answers 500 where no response fits, and 400 where a template wants JSON of a body that is none", async () => {
      const integration = { type: "HTTP" as const, integrationHttpMethod: "POST", uri: base };
      const { url } = await aws.deploy({
        methods: {
          "POST /x": { integration, responses: { 200: { selectionPattern: "5.*" } } },
          "POST /y": {
            integration: { ...integration, requestTemplates: { "application/json": "$input.json('$.a')" } },
            responses: { 200: {} },
          },
        },
      });
      expect(await read(postJson(`${url}/x`, {}))).toMatchObject({
        status: 500,
        json: { message: "Internal server error" },
      });
      expect(await read(postJson(`${url}/y`, "{nonsense"))).toMatchObject({ status: 400 });
    });
  });

  describe("payloads", () => {
    it("are compressed from the API's minimum size on, for clients that take it", async () => {
      const { url } = await aws.deploy({
        api: { minimumCompressionSize: 20 },
        methods: { "GET /long": mock(`"${"x".repeat(100)}"`), "GET /short": mock('"x"') },
      });
      const raw = (path: string, encoding: string) =>
        new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
          http
            .get(`${url}${path}`, { headers: { "accept-encoding": encoding } }, (response) => {
              const chunks: Buffer[] = [];
              response.on("data", (chunk: Buffer) => chunks.push(chunk));
              response.on("end", () =>
                resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
              );
            })
            .on("error", reject);
        });
      const long = await raw("/long", "gzip");
      expect(long.encoding).toBe("gzip");
      expect(gunzipSync(long.body).toString()).toBe(`"${"x".repeat(100)}"`);
      expect((await raw("/long", "identity")).encoding).toBeUndefined();
      expect((await raw("/short", "gzip")).encoding).toBeUndefined();
    });

    it("are refused beyond 10 MB", async () => {
      const { url } = await aws.deploy({ methods: { "POST /x": mock("{}") } });
      const answer = await read(postJson(`${url}/x`, "x".repeat(10_485_761)));
      expect(answer).toMatchObject({ status: 413, json: { message: "Request Too Long" } });
    });
  });
});
