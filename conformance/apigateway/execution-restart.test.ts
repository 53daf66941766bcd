import { describe, expect, it } from "@jest/globals";
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from "@aws-sdk/client-api-gateway";
import { useDataDirectory } from "../data-directory.ts";
import { openTarget } from "../target.ts";
import { read } from "./execution-fixture.ts";

describe("a restart", () => {
  const directory = useDataDirectory();

  it("keeps stages, keys and what was used of a quota", async () => {
    const get = (endpoint: string, restApiId: string | undefined, key: string) =>
      read(fetch(`${endpoint}/restapis/${restApiId}/test/_user_request_/`, { headers: { "x-api-key": key } }));
    let restApiId: string | undefined;
    let key = "";
    {
      await using target = await openTarget({ dataDirectory: directory() });
      const gateway = new APIGatewayClient(target.clientConfig());
      const { id, rootResourceId: resourceId } = await gateway.send(new CreateRestApiCommand({ name: "kept" }));
      restApiId = id;
      const place = { restApiId, resourceId, httpMethod: "GET" };
      const ok = { ...place, statusCode: "200" };
      await gateway.send(new PutMethodCommand({ ...place, authorizationType: "NONE", apiKeyRequired: true }));
      const requestTemplates = { "application/json": '{"statusCode": 200}' };
      await gateway.send(new PutIntegrationCommand({ ...place, type: "MOCK", requestTemplates }));
      await gateway.send(new PutMethodResponseCommand(ok));
      await gateway.send(new PutIntegrationResponseCommand(ok));
      await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "test" }));
      const { id: keyId, value = "" } = await gateway.send(new CreateApiKeyCommand({ name: "k", enabled: true }));
      key = value;
      const { id: usagePlanId } = await gateway.send(
        new CreateUsagePlanCommand({
          name: "p",
          quota: { limit: 2, period: "MONTH" },
          apiStages: [{ apiId: restApiId, stage: "test" }],
        }),
      );
      await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" }));
      expect(await get(target.endpoint, restApiId, key)).toMatchObject({ status: 200 });
      gateway.destroy();
    }
    await using again = await openTarget({ dataDirectory: directory() });
    expect(await get(again.endpoint, restApiId, key)).toMatchObject({ status: 200 });
    expect(await get(again.endpoint, restApiId, key)).toMatchObject({
      status: 429,
      json: { message: "Limit Exceeded" },
    });
  });
});
