import { describe, expect, it } from "@jest/globals";
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { presignedPath, sha256, signRequest } from "../s3/signing.ts";
import { authorization } from "../raw-request.ts";
import { makeRole, policyOf } from "../role.ts";
import { useClient } from "../target.ts";
import { ExecutionFixture, mock, read } from "./execution-fixture.ts";

const signed = (key: string, token?: string): Record<string, string> => ({
  authorization: authorization("execute-api", "us-east-1", key),
  ...(token !== undefined && { "x-amz-security-token": token }),
});

describe("authorization by IAM", () => {
  const aws = new ExecutionFixture();
  const sts = useClient(new STSClient(aws.target.clientConfig()));
  const iam = useClient(new IAMClient(aws.target.clientConfig()));
  const anyone = { Effect: "Allow" as const, Principal: "*", Action: "execute-api:Invoke" };

  /** Credentials of a session of a role that may invoke what `resource` says. */
  const sessionOf = async (name: string, resource: string) => {
    const statements = [{ Effect: "Allow" as const, Action: "execute-api:Invoke", Resource: resource }];
    const RoleArn = await makeRole(aws.target.clientConfig(), name, { service: "lambda.amazonaws.com", statements });
    const PolicyDocument = policyOf({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }));
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
    return signed(Credentials?.AccessKeyId ?? "", Credentials?.SessionToken);
  };

  describe("AWS_IAM", () => {
    it("wants a signature, and lets in whom its policies allow", async () => {
      const { url, restApiId } = await aws.deploy({
        methods: {
          "GET /x": mock('{"arn": "$context.identity.userArn", "account": "$context.identity.accountId"}', {
            method: { authorizationType: "AWS_IAM" },
          }),
        },
      });
      const get = (headers: Record<string, string>) => read(fetch(`${url}/x`, { headers }));
      expect(await get({})).toMatchObject({ status: 403, json: { message: "Missing Authentication Token" } });
      expect(await get(signed("test"))).toMatchObject({ status: 200, json: { account: "000000000000" } });
      const arn = `arn:aws:execute-api:us-east-1:000000000000:${restApiId}`;
      expect(await get(await sessionOf("invoker", `${arn}/test/GET/x`))).toMatchObject({
        status: 200,
        json: { arn: "arn:aws:sts::000000000000:assumed-role/invoker/me" },
      });
      const refused = await get(await sessionOf("writer", `${arn}/*/POST/*`));
      expect(refused).toMatchObject({
        status: 403,
        json: {
          Message: `User: arn:aws:sts::000000000000:assumed-role/writer/me is not authorized to perform: execute-api:Invoke on resource: ${arn.replace("000000000000", "********0000")}/test/GET/x`,
        },
      });
      expect(refused.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
      expect(await get(signed("ASIAUNKNOWN", "x"))).toMatchObject({ status: 403 });
    });
  });

  describe("AWS_IAM with auth: verify", () => {
    const verifying = new ExecutionFixture({ auth: "verify", manualClock: true });

    const signingOf = (url: string, payload: string, secret: string) => {
      const { host, pathname: path } = new URL(url);
      const headers = { host };
      const atMs = verifying.target.clock.now();
      return { path, headers, service: "execute-api", payloadHash: sha256(payload), atMs, secret };
    };

    it("takes what is signed with its body, in headers and in URLs, which expire", async () => {
      const guarded = mock('{"key": "$context.identity.accessKey"}', { method: { authorizationType: "AWS_IAM" } });
      const { url } = await verifying.deploy({ methods: { "POST /x": guarded, "GET /x": guarded } });
      const post = (secret: string, payload = '"sent"') => {
        const { headers } = signRequest({ ...signingOf(`${url}/x`, payload, secret), method: "POST" });
        return read(
          fetch(`${url}/x`, {
            method: "POST",
            headers: { ...headers, "content-type": "application/json" },
            body: '"sent"',
          }),
        );
      };
      const presigned = (secret: string) =>
        new URL(presignedPath(signingOf(`${url}/x`, "", secret)), verifying.target.endpoint).href;
      expect(await post("test")).toMatchObject({ status: 200, json: { key: "test" } });
      const refusal = { status: 403, json: { message: expect.stringMatching(/^The request signature we calculated/) } };
      const refused = await post("wrong");
      expect(refused).toMatchObject(refusal);
      expect(refused.headers.get("x-amzn-errortype")).toBe("InvalidSignatureException");
      expect(await post("test", "another body")).toMatchObject(refusal);
      expect(await read(fetch(presigned("wrong")))).toMatchObject(refusal);
      const good = presigned("test");
      expect(await read(fetch(good))).toMatchObject({ status: 200, json: { key: "test" } });
      await verifying.target.clock.advance(61_000);
      expect(await read(fetch(good))).toMatchObject({ status: 403, json: { message: "Request has expired" } });
    });
  });

  describe("resource policies", () => {
    it("let in callers of another account whom they name, and no others", async () => {
      const open = async (Principal: unknown) => {
        const policy = policyOf({
          Effect: "Allow",
          Principal,
          Action: "execute-api:Invoke",
          Resource: "execute-api:/*",
        });
        const methods = { "GET /x": mock("{}", { method: { authorizationType: "AWS_IAM" } }) };
        return (await aws.deploy({ api: { policy }, methods })).url;
      };
      const theirs = signed("111111111111");
      const status = async (url: string) => (await read(fetch(`${url}/x`, { headers: theirs }))).status;
      expect(await status(await open({ AWS: "111111111111" }))).toBe(200);
      expect(await status(await open({ AWS: "222222222222" }))).toBe(403);
    });

    it("deny and allow by address and path", async () => {
      const { url } = await aws.deploy({
        api: {
          policy: policyOf(
            { ...anyone, Resource: "execute-api:/*" },
            { ...anyone, Effect: "Deny", Resource: "execute-api:/test/GET/secret" },
            {
              ...anyone,
              Effect: "Deny",
              Resource: "execute-api:/*/*/abroad",
              Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
            },
            // a key that no request has
            { ...anyone, Effect: "Deny", Resource: "*", Condition: { StringLike: { constructor: "*" } } },
          ),
        },
        methods: { "GET /open": mock("{}"), "GET /secret": mock("{}"), "GET /abroad": mock("{}") },
      });
      expect(await read(fetch(`${url}/open`))).toMatchObject({ status: 200 });
      for (const path of ["secret", "abroad"]) {
        const refused = await read(fetch(`${url}/${path}`));
        expect(refused.status).toBe(403);
        expect(refused.body).toMatch(
          /^{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:\*{8}0000:/,
        );
      }
    });

    it("refuse whom they do not name", async () => {
      const { url } = await aws.deploy({
        api: { policy: policyOf({ ...anyone, Resource: "execute-api:/*/GET/only" }) },
        methods: { "GET /only": mock("{}"), "GET /other": mock("{}") },
      });
      expect(await read(fetch(`${url}/only`))).toMatchObject({ status: 200 });
      expect(await read(fetch(`${url}/other`))).toMatchObject({ status: 403 });
    });
  });
});
