import { describe, expect, it } from "@jest/globals";
import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  GetResourcesCommand,
  PutGatewayResponseCommand,
} from "@aws-sdk/client-api-gateway";
import { ExecutionFixture, mock, postJson, read } from "./execution-fixture.ts";

const SCHEMA = {
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  required: ["id", "amount"],
  properties: { id: { type: "string", minLength: 2 }, amount: { type: "number", minimum: 0, exclusiveMinimum: true } },
  additionalProperties: false,
};

describe("request validators", () => {
  const aws = new ExecutionFixture();
  let url = "";

  beforeAll(async () => {
    let validatorId: string | undefined;
    const requestModels = { "application/json": "Order" };
    const deployed = await aws.deploy({
      methods: {},
      prepare: async (restApiId) => {
        const schema = JSON.stringify(SCHEMA);
        await aws.gateway.send(
          new CreateModelCommand({ restApiId, name: "Order", contentType: "application/json", schema }),
        );
        const list = {
          type: "array",
          items: { $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Order` },
        };
        await aws.gateway.send(
          new CreateModelCommand({
            restApiId,
            name: "Orders",
            contentType: "application/json",
            schema: JSON.stringify(list),
          }),
        );
        const validator = await aws.gateway.send(
          new CreateRequestValidatorCommand({ restApiId, validateRequestBody: true, validateRequestParameters: true }),
        );
        validatorId = validator.id;
        await aws.gateway.send(
          new PutGatewayResponseCommand({
            restApiId,
            responseType: "BAD_REQUEST_BODY",
            responseTemplates: {
              "application/json":
                '{"message": $context.error.messageString, "details": "$context.error.validationErrorString"}',
            },
          }),
        );
      },
      finish: async (restApiId) => {
        const { items } = await aws.gateway.send(new GetResourcesCommand({ restApiId }));
        const root = items?.[0]?.id ?? "";
        const required = { "method.request.querystring.q": true, "method.request.header.x-who": true };
        await aws.putMethod(
          restApiId,
          root,
          "POST",
          mock('"taken"', { method: { requestModels, requestValidatorId: validatorId } }),
        );
        await aws.putMethod(
          restApiId,
          root,
          "PUT",
          mock('"taken"', {
            method: { requestModels: { "application/json": "Orders" }, requestValidatorId: validatorId },
          }),
        );
        await aws.putMethod(
          restApiId,
          root,
          "GET",
          mock('"taken"', { method: { requestParameters: required, requestValidatorId: validatorId } }),
        );
      },
    });
    url = deployed.url;
  });

  describe("validation", () => {
    it("lets through what the model allows", async () => {
      expect(await read(postJson(url, { id: "ab", amount: 1.5 }))).toMatchObject({ status: 200, json: "taken" });
    });

    it.each([
      ["missing members", {}, '[object has missing required properties (["amount","id"])]'],
      [
        "a wrong type",
        { id: "ab", amount: "1" },
        '[instance type (string) does not match any allowed primitive type (allowed: ["number"])]',
      ],
      [
        "a text that is too short",
        { id: "a", amount: 1 },
        '[string "a" is too short (length: 1, required minimum: 2)]',
      ],
      [
        "a number that is too low",
        { id: "ab", amount: 0 },
        "[numeric instance is not strictly greater than the required minimum 0]",
      ],
      [
        "members that are not allowed",
        { id: "ab", amount: 1, z: 1 },
        '[object instance has properties which are not allowed by the schema: ["z"]]',
      ],
    ])("refuses %s, with what the validator found", async (_what, body, details) => {
      const answer = await read(postJson(url, body));
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({ message: "Invalid request body", details });
      expect(answer.headers.get("x-amzn-errortype")).toBe("BadRequestException");
    });

    it("refuses text that is no JSON, and no body at all", async () => {
      for (const body of ["{", ""]) expect(await read(postJson(url, body))).toMatchObject({ status: 400 });
    });

    it("follows references between models", async () => {
      const put = (body: unknown) =>
        read(
          fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
        );
      expect(await put([{ id: "ab", amount: 1 }])).toMatchObject({ status: 200 });
      expect(await put([{ id: "ab" }])).toMatchObject({ status: 400 });
    });

    it("asks for the required parameters", async () => {
      expect(await read(fetch(url))).toMatchObject({
        status: 400,
        body: '{"message":"Missing required request parameters: [q, x-who]"}',
      });
      expect(await read(fetch(`${url}?q=1`, { headers: { "x-who": "me" } }))).toMatchObject({ status: 200 });
    });
  });
});
