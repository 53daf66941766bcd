import { describe, expect, it } from "@jest/globals";
import { ExecutionFixture, mock, postJson, read, type MethodSpec } from "./execution-fixture.ts";

describe("what templates know", () => {
  const aws = new ExecutionFixture();

  it("is the request in $context", async () => {
    const members = [
      ...["accountId", "apiId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod", "path", "protocol"],
      ...["requestId", "requestTime", "requestTimeEpoch", "resourceId", "resourcePath", "stage"],
      ...["identity.sourceIp", "identity.userAgent", "identity.accountId", "identity.apiKey"],
    ];
    const template = `{${members.map((name) => `"${name}": "$context.${name}"`).join(", ")}}`;
    const { restApiId, url, resources } = await aws.deploy({ methods: { "GET /users/{id}": mock(template) } });
    const before = Date.now();
    const { headers, json } = await read(fetch(`${url}/users/7?a=b`, { headers: { "user-agent": "tester/1" } }));
    const context = json as Record<string, string>;
    expect(context).toEqual({
      accountId: "000000000000",
      apiId: restApiId,
      domainName: expect.stringMatching(/./) as unknown,
      domainPrefix: context["domainName"]?.split(".")[0],
      extendedRequestId: headers.get("x-amz-apigw-id"),
      httpMethod: "GET",
      path: "/test/users/7",
      protocol: "HTTP/1.1",
      requestId: headers.get("x-amzn-requestid"),
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as unknown,
      requestTimeEpoch: expect.stringMatching(/^\d{13}$/) as unknown,
      resourceId: resources.get("/users/{id}"),
      resourcePath: "/users/{id}",
      stage: "test",
      "identity.sourceIp": "127.0.0.1",
      "identity.userAgent": "tester/1",
      "identity.accountId": "",
      "identity.apiKey": "",
    });
    expect(Number(context["requestTimeEpoch"])).toBeGreaterThanOrEqual(before - 1_000);
  });

  it("is the stage in $stageVariables, by member, by index and by method, in requests and responses", async () => {
    const both: MethodSpec = {
      integration: {
        type: "MOCK",
        requestTemplates: { "application/json": `{"statusCode": $stageVariables.status}` },
      },
      responses: {
        200: { responseTemplates: { "application/json": '"default"' } },
        202: {
          selectionPattern: "202",
          responseTemplates: {
            "application/json": `{"member": "$stageVariables.color", "index": "$stageVariables['color']", "method": "$stageVariables.get('color')", "braces": "\${stageVariables.color}s", "none": "$!stageVariables.none"#if($stageVariables.color == "blue"), "isBlue": true#end}`,
          },
        },
      },
    };
    const { url } = await aws.deploy({
      methods: { "POST /x": both },
      stage: { variables: { color: "blue", status: "202" } },
    });
    expect(await read(postJson(`${url}/x`, {}))).toMatchObject({
      status: 202,
      json: { member: "blue", index: "blue", method: "blue", braces: "blues", none: "", isBlue: true },
    });
  });

  it("is empty where the stage has no variables", async () => {
    const { url } = await aws.deploy({
      methods: { "GET /x": mock('{"color": "$!stageVariables.color", "all": "$stageVariables.size()"}') },
    });
    expect((await read(fetch(`${url}/x`))).json).toEqual({ color: "", all: "0" });
  });
});
