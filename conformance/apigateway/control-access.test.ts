import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  APIGatewayClient,
  CreateRestApiCommand,
  GetRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { RoleFixture, sessionArn, uniqueName } from "../iam/fixture.ts";
import { openTarget, useClient } from "../target.ts";

const fixture = new RoleFixture();
const root = useClient(new APIGatewayClient(fixture.target.clientConfig()));

const arn = (path: string): string => `arn:aws:apigateway:us-east-1::/restapis${path}`;
const POLICY = '{"Version":"2012-10-17","Statement":[]}';

describe("access to REST APIs", () => {
  it("is allowed by HTTP method and path, and refused with AWS's words", async () => {
    const { id: restApiId } = await root.send(new CreateRestApiCommand({ name: "a" }));
    const role = await fixture.role(uniqueName("reader"), [
      { Effect: "Allow", Action: "apigateway:GET", Resource: arn(`/${restApiId}`) },
    ]);
    const gateway = new APIGatewayClient(await fixture.session(role));
    expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({ name: "a" });
    await expect(gateway.send(new CreateRestApiCommand({ name: "b" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        `User: ${sessionArn(role)} is not authorized to perform: apigateway:POST on resource: ${arn("")}`,
      ),
    });
    gateway.destroy();
  });

  it("needs more for a resource policy, and for a role that is given away", async () => {
    const { id: restApiId, rootResourceId } = await root.send(new CreateRestApiCommand({ name: "a" }));
    const place = { restApiId, resourceId: rootResourceId, httpMethod: "GET" };
    await root.send(new PutMethodCommand({ ...place, authorizationType: "NONE" }));
    const role = await fixture.role(uniqueName("editor"), [
      { Effect: "Allow", Action: ["apigateway:PATCH", "apigateway:PUT"], Resource: arn("/*") },
    ]);
    const gateway = new APIGatewayClient(await fixture.session(role));
    const update = (path: string, value: string) =>
      gateway.send(new UpdateRestApiCommand({ restApiId, patchOperations: [{ op: "replace", path, value }] }));
    await update("/name", "b");
    await expect(update("/policy", POLICY)).rejects.toThrow("apigateway:UpdateRestApiPolicy");
    const credentials = "arn:aws:iam::000000000000:role/other";
    const uri = "arn:aws:apigateway:us-east-1:kinesis:action/PutRecord";
    await expect(
      gateway.send(
        new PutIntegrationCommand({ ...place, type: "AWS", integrationHttpMethod: "POST", uri, credentials }),
      ),
    ).rejects.toThrow("iam:PassRole");
    gateway.destroy();
  });
});

describe("a data directory", () => {
  it("keeps APIs, whom they belong to and their definition", async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), "headwater-apis-"));
    try {
      let restApiId: string | undefined;
      {
        await using first = await openTarget({ dataDirectory });
        const gateway = new APIGatewayClient(first.clientConfig());
        ({ id: restApiId } = await gateway.send(new CreateRestApiCommand({ name: "kept", description: "d" })));
        gateway.destroy();
      }
      await using second = await openTarget({ dataDirectory });
      const gateway = new APIGatewayClient(second.clientConfig());
      expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({
        name: "kept",
        description: "d",
      });
      gateway.destroy();
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});
