import {
  APIGatewayClient,
  CreateModelCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetAuthorizerCommand,
  GetMethodCommand,
  GetModelCommand,
  GetRequestValidatorCommand,
  GetResourceCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));
const notFound = { name: "NotFoundException" };

describe.each(["constructor", "__proto__"])("what an API calls %s", (name) => {
  const make = async () => {
    const { id: restApiId, rootResourceId: resourceId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
    return { restApiId, resourceId };
  };

  it("is not there before it is made", async () => {
    const { restApiId, resourceId } = await make();
    const gone = (sent: Promise<unknown>) => expect(sent).rejects.toMatchObject(notFound);
    await gone(gateway.send(new GetResourceCommand({ restApiId, resourceId: name })));
    await gone(gateway.send(new GetMethodCommand({ restApiId, resourceId, httpMethod: name })));
    await gone(gateway.send(new GetModelCommand({ restApiId, modelName: name })));
    await gone(gateway.send(new GetAuthorizerCommand({ restApiId, authorizerId: name })));
    await gone(gateway.send(new GetRequestValidatorCommand({ restApiId, requestValidatorId: name })));
    await gone(gateway.send(new CreateResourceCommand({ restApiId, parentId: name, pathPart: "a" })));
  });

  it("cannot be referred to", async () => {
    const { restApiId, resourceId } = await make();
    const put = (method: object) =>
      gateway.send(
        new PutMethodCommand({ restApiId, resourceId, httpMethod: "GET", authorizationType: "NONE", ...method }),
      );
    await expect(put({ authorizationType: "CUSTOM", authorizerId: name })).rejects.toThrow("Invalid authorizer ID");
    await expect(put({ requestModels: { "application/json": name } })).rejects.toThrow(
      `Invalid model identifier specified: ${name}`,
    );
    await expect(put({ requestValidatorId: name })).rejects.toThrow("Invalid Request Validator identifier");
  });
});

describe("CreateModel", () => {
  it("takes a name that every object of JavaScript has", async () => {
    const { id: restApiId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
    const model = { restApiId, name: "constructor", contentType: "application/json", schema: "{}" };
    expect(await gateway.send(new CreateModelCommand(model))).toMatchObject({ name: "constructor", schema: "{}" });
  });
});
