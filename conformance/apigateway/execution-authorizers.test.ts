import { describe, expect, it } from "@jest/globals";
import { CreateAuthorizerCommand, type CreateAuthorizerCommandInput } from "@aws-sdk/client-api-gateway";
import { ExecutionFixture, lambdaUri, mock, read } from "./execution-fixture.ts";

/** Allows, denies or fails as its token says, and counts its calls. */
const AUTHORIZER = `let calls = 0;
exports.handler = async (event) => {
  calls++;
  const token = event.authorizationToken || event.headers["x-token"];
  if (token === "Unauthorized") throw new Error("Unauthorized");
  if (token === "broken") throw new Error("broken");
  if (token === "nonsense") return { hello: "world" };
  const Effect = token === "deny" ? "Deny" : "Allow";
  const Resource = token === "elsewhere" ? event.methodArn + "/other" : event.methodArn;
  return {
    principalId: "user-1",
    policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
    context: { calls, admin: true, arn: event.methodArn, type: event.type },
  };
};`;

const SHOW = `{"who": "$context.authorizer.principalId", "calls": "$context.authorizer.calls", "admin": "$context.authorizer.admin", "arn": "$context.authorizer.arn", "type": "$context.authorizer.type"}`;

describe("Lambda authorizers", () => {
  const aws = new ExecutionFixture({ manualClock: true });

  beforeAll(() => aws.createFor("authorizer", AUTHORIZER));

  const deploy = async (settings: Partial<CreateAuthorizerCommandInput>) => {
    let authorizerId: string | undefined;
    const { url, restApiId } = await aws.deploy({
      methods: {},
      prepare: async (id) => {
        const input = {
          restApiId: id,
          name: "a",
          type: "TOKEN" as const,
          authorizerUri: lambdaUri("authorizer"),
          identitySource: "method.request.header.x-token",
          ...settings,
        };
        authorizerId = (await aws.gateway.send(new CreateAuthorizerCommand(input))).id;
      },
      finish: async (id) => {
        const root = await aws.rootOf(id);
        await aws.putMethod(id, root, "GET", mock(SHOW, { method: { authorizationType: "CUSTOM", authorizerId } }));
      },
    });
    return {
      restApiId,
      get: (token?: string, search = "") =>
        read(fetch(`${url}/${search}`, token === undefined ? {} : { headers: { "x-token": token } })),
    };
  };

  describe("behaviour", () => {
    it("TOKEN: lets in whom the policy allows, with the context in $context.authorizer", async () => {
      const { get, restApiId } = await deploy({ authorizerResultTtlInSeconds: 0 });
      expect(await get("allow")).toMatchObject({
        status: 200,
        json: {
          who: "user-1",
          admin: "true",
          type: "TOKEN",
          arn: `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/test/GET/`,
        },
      });
    });

    it.each([
      ["no token", undefined, 401, { message: "Unauthorized" }],
      ["a token that the function refuses", "Unauthorized", 401, { message: "Unauthorized" }],
      [
        "a policy that denies",
        "deny",
        403,
        { Message: "User is not authorized to access this resource with an explicit deny" },
      ],
      ["a policy for something else", "elsewhere", 403, { Message: "User is not authorized to access this resource" }],
      ["a function that fails", "broken", 500, { message: null }],
      ["an answer that is none", "nonsense", 500, { message: null }],
    ])("refuses %s", async (_what, token, status, json) => {
      const { get } = await deploy({ authorizerResultTtlInSeconds: 0 });
      expect(await get(token)).toMatchObject({ status, json });
    });

    it("holds the token against the validation expression, without asking the function", async () => {
      const { get } = await deploy({ identityValidationExpression: "Bearer [a-z]+" });
      expect(await get("nonsense")).toMatchObject({ status: 401 });
      expect(await get("Bearer abc")).toMatchObject({ status: 200 });
    });

    it("keeps an answer for its time to live", async () => {
      const { get } = await deploy({ authorizerResultTtlInSeconds: 300 });
      const calls = async (token: string) => ((await get(token)).json as { calls: string }).calls;
      const first = await calls("one");
      expect(await calls("one")).toBe(first);
      expect(await calls("two")).not.toBe(first);
      await aws.target.clock.advance(300_001);
      expect(await calls("one")).not.toBe(first);
    });

    it("REQUEST: does not take the values of one client for those of another", async () => {
      const identitySource = "method.request.querystring.a,method.request.querystring.b";
      const { get } = await deploy({ type: "REQUEST", identitySource, authorizerResultTtlInSeconds: 300 });
      const calls = async (search: string) => ((await get("one", search)).json as { calls: string }).calls;
      const first = await calls("?a=1%0A2&b=3");
      expect(await calls("?a=1%0A2&b=3")).toBe(first);
      expect(await calls("?a=1&b=2%0A3")).not.toBe(first);
    });

    it("REQUEST: wants every identity source, and gives the function the request", async () => {
      const identitySource = "method.request.header.x-token, method.request.querystring.user";
      const { get } = await deploy({ type: "REQUEST", identitySource, authorizerResultTtlInSeconds: 0 });
      expect(await get("allow")).toMatchObject({ status: 401 });
      expect(await get("allow", "?user=me")).toMatchObject({ status: 200, json: { type: "REQUEST" } });
    });
  });
});
