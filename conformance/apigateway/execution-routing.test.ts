import http from "node:http";
import { describe, expect, it } from "@jest/globals";
import { PutGatewayResponseCommand } from "@aws-sdk/client-api-gateway";
import { ExecutionFixture, mock, read } from "./execution-fixture.ts";

const WHERE =
  '{"resource": "$context.resourcePath", "id": "$input.params(\'id\')", "proxy": "$input.params(\'proxy\')"}';

describe("Invocation", () => {
  const aws = new ExecutionFixture();

  /** fetch does not let a Host be named. */
  const byHost = (host: string, path: string): Promise<{ status: number | undefined; body: string }> =>
    new Promise((resolve, reject) => {
      const url = new URL(aws.target.endpoint);
      const request = http.get({ hostname: url.hostname, port: url.port, path, headers: { host } }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode, body }));
      });
      request.on("error", reject);
    });

  describe("behaviour", () => {
    it("is reached by path, by LocalStack's newer path and by host name, with and without a region", async () => {
      const { restApiId, url } = await aws.deploy({ methods: { "GET /hello": mock('{"stage": "$context.stage"}') } });
      expect(await read(fetch(`${url}/hello`))).toMatchObject({ status: 200, json: { stage: "test" } });
      const newer = `${aws.target.endpoint}/_aws/execute-api/${restApiId}/test/hello`;
      expect(await read(fetch(newer))).toMatchObject({ status: 200, json: { stage: "test" } });
      for (const host of [`${restApiId}.execute-api.localhost:4566`, `${restApiId}.execute-api.us-east-1.localhost`]) {
        expect(await byHost(host, "/test/hello")).toEqual({ status: 200, body: '{"stage": "test"}' });
      }
    });

    it("prefers literal parts to parameters, and those to a greedy one; slashes at the end do not matter", async () => {
      const { url } = await aws.deploy({
        methods: {
          "GET /": mock(WHERE),
          "GET /users/me": mock(WHERE),
          "GET /users/{id}": mock(WHERE),
          "GET /users/{id}/items": mock(WHERE),
          "GET /{proxy+}": mock(WHERE),
        },
      });
      const at = async (path: string) => (await read(fetch(url + path))).json;
      expect(await at("/")).toMatchObject({ resource: "/" });
      expect(await at("/users/me")).toMatchObject({ resource: "/users/me", id: "" });
      expect(await at("/users/a%20b/")).toMatchObject({ resource: "/users/{id}", id: "a b" });
      expect(await at("/users/7/items")).toMatchObject({ resource: "/users/{id}/items", id: "7" });
      expect(await at("/users/7/other/x")).toMatchObject({ resource: "/{proxy+}", proxy: "users/7/other/x", id: "" });
      // a resource without methods of its own only leads to others
      expect(await at("/users")).toMatchObject({ resource: "/{proxy+}", proxy: "users" });
    });

    it("takes a method's own definition before ANY", async () => {
      const { url } = await aws.deploy({
        methods: { "ANY /x": mock('"any $context.httpMethod"'), "GET /x": mock('"own"') },
      });
      expect((await read(fetch(`${url}/x`))).json).toBe("own");
      expect((await read(fetch(`${url}/x`, { method: "PUT" }))).json).toBe("any PUT");
    });

    it("answers as API Gateway does where there is no such resource, stage or API", async () => {
      const { url } = await aws.deploy({ methods: { "GET /x": mock("{}") } });
      const missing = await read(fetch(`${url}/y`));
      expect(missing).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' });
      expect(missing.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
      expect(missing.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(missing.headers.get("x-amz-apigw-id")).toMatch(/=$/);
      expect(await read(fetch(`${url}/x`, { method: "DELETE" }))).toMatchObject({ status: 403 });
      for (const other of [
        url.replace("/test/", "/prod/"),
        `${aws.target.endpoint}/restapis/nosuchapi0/test/_user_request_`,
      ]) {
        const refused = await read(fetch(`${other}/x`));
        expect(refused).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
        expect(refused.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
      }
    });

    it("words errors as the API's gateway responses say", async () => {
      const { url } = await aws.deploy({
        methods: { "GET /x": mock("{}") },
        finish: async (restApiId) => {
          await aws.gateway.send(
            new PutGatewayResponseCommand({
              restApiId,
              responseType: "MISSING_AUTHENTICATION_TOKEN",
              statusCode: "404",
              responseParameters: {
                "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                "gatewayresponse.header.x-asked": "method.request.header.x-ask",
              },
              responseTemplates: {
                "application/json":
                  '{"said": $context.error.messageString, "type": "$context.error.responseType", "at": "$context.stage"}',
              },
            }),
          );
        },
      });
      const answer = await read(fetch(`${url}/y`, { headers: { "x-ask": "why" } }));
      expect(answer).toMatchObject({
        status: 404,
        json: { said: "Missing Authentication Token", type: "MISSING_AUTHENTICATION_TOKEN", at: "test" },
      });
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      expect(answer.headers.get("x-asked")).toBe("why");
    });

    it("adds the headers of DEFAULT_4XX to every client error", async () => {
      const { url } = await aws.deploy({
        methods: { "GET /x": mock("{}") },
        finish: async (restApiId) => {
          await aws.gateway.send(
            new PutGatewayResponseCommand({
              restApiId,
              responseType: "DEFAULT_4XX",
              responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'https://a.example'" },
            }),
          );
        },
      });
      const answer = await read(fetch(`${url}/y`));
      expect(answer).toMatchObject({ status: 403, json: { message: "Missing Authentication Token" } });
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
    });

    it("serves what was deployed, not what is being edited", async () => {
      const { restApiId, url, resources } = await aws.deploy({ methods: { "GET /x": mock("{}") } });
      await aws.putMethod(restApiId, resources.get("/x") ?? "", "POST", mock('"new"'));
      expect(await read(fetch(`${url}/x`, { method: "POST" }))).toMatchObject({ status: 403 });
    });

    it("answers preflights of pages of other origins as the API says", async () => {
      const { url } = await aws.deploy({
        methods: {
          "OPTIONS /x": mock("", {
            integration: { type: "MOCK", requestTemplates: { "application/json": "{statusCode: 204}" } },
            responses: {
              204: {
                responseParameters: {
                  "method.response.header.Access-Control-Allow-Origin": "'https://a.example'",
                  "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
                },
              },
            },
          }),
        },
      });
      const answer = await read(fetch(`${url}/x`, { method: "OPTIONS", headers: { origin: "https://a.example" } }));
      expect(answer.status).toBe(204);
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
      expect(answer.headers.get("access-control-allow-methods")).toBe("GET,OPTIONS");
    });
  });
});
